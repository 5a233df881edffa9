//! Pads plaintexts to size classes before they are sealed, so that lengths tell little.

use super::CodecError;

/// The next multiple of an eighth of the power of two at or below `len`, at least 4 KiB. This adds at most an eighth,
/// and gives eight classes for each doubling.
pub(super) fn eighths(len: usize) -> usize {
    let len = len.max(4096);
    len.next_multiple_of((1 << len.ilog2()) / 8)
}

/// Fills `out` with zeros up to `padded` bytes.
pub(super) fn pad(out: &mut Vec<u8>, padded: usize) {
    out.resize(padded.max(out.len()), 0);
}

/// Checks that the rest after the last value is zeros.
pub(super) fn check(rest: &[u8]) -> Result<(), CodecError> {
    match rest.iter().fold(0, |all, byte| all | byte) {
        0 => Ok(()),
        _ => Err(CodecError::Padding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_class_adds_at_most_an_eighth() {
        for len in [0, 1, 4096] {
            assert_eq!(eighths(len), 4096);
        }
        assert_eq!(eighths(4097), 4608);
        for len in (4097..300_000).step_by(97) {
            let padded = eighths(len);
            assert!(padded >= len && padded - len < len / 8 + 1, "{len}");
            assert_eq!(eighths(padded), padded, "{len}");
        }
    }
}
