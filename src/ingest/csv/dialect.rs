//! How a delimited file is written: its delimiter and its line ending, found out from its
//! first bytes.

/// True if there are line endings outside quotes and all of them are CR alone.
pub(super) fn ends_lines_with_returns(head: &[u8]) -> bool {
    let (mut quoted, mut returns) = (false, false);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return false,
            b'\r' if !quoted => returns = true,
            _ => {}
        }
    }
    returns
}

/// The delimiter of the header: of `,`, `;` and tab the one that occurs most often outside
/// quotes in the first line.
pub(super) fn delimiter(head: &[u8]) -> u8 {
    let mut counts = [(0, b','), (0, b';'), (0, b'\t')];
    let mut quoted = false;
    let started = head.iter().skip_while(|byte| matches!(byte, b'\n' | b'\r'));
    for byte in started {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(_, of)| of == byte)
                .for_each(|(count, _)| *count += 1),
        }
    }
    // Of equal counts the first.
    counts
        .iter()
        .rev()
        .max_by_key(|(count, _)| *count)
        .map_or(b',', |(_, byte)| *byte)
}
