//! The plaintext of a block of codes.
//!
//! Layout: version `u8`, kind `u8`, width `u8`, zero `u8`, rows `u32`, base `i64`, then 65,536 packed values. There are
//! always so many, so the length of the last block does not tell how many records it has. The length does tell the
//! width.

use zeroize::Zeroizing;

use super::CodecError;
use super::pack::{frame_of_codes, pack_codes, packed_codes_len, unpack_codes};
use super::reader::Reader;

/// The largest number of rows of a block.
pub const BLOCK_ROWS: usize = 65_536;

pub(super) const CODES: u8 = 1;
pub(super) const TIMES: u8 = 2;
/// 1 packed values in 32 lanes.
const VERSION: u8 = 2;
const HEADER_LEN: usize = 16;

/// A decoded block of codes. The buffer is reused for one block after the other, and wiped on drop.
#[derive(Default)]
pub struct CodeBlock {
    codes: Zeroizing<Vec<u32>>,
    /// All codes are from `least` to `most`.
    least: u32,
    most: u32,
}

/// The codes of the rows of a block, and proven bounds.
#[derive(Clone, Copy)]
pub struct Codes<'b> {
    codes: &'b [u32],
    least: u32,
    most: u32,
}

impl<'b> Codes<'b> {
    /// Computes the bounds.
    pub fn of(codes: &'b [u32]) -> Self {
        let (least, most) = bounds(codes);
        Self { codes, least, most }
    }

    /// Trusts the bounds of the kernel that made the codes.
    pub(super) fn below(codes: &'b [u32], size: u32) -> Self {
        Self {
            codes,
            least: 0,
            most: size.saturating_sub(1),
        }
    }

    /// The codes in the order of the rows.
    pub fn as_slice(self) -> &'b [u32] {
        self.codes
    }

    /// Whether all codes are in `least..=most`.
    pub fn within(self, least: u32, most: u32) -> bool {
        self.codes.is_empty() || (least <= self.least && self.most <= most)
    }

    /// The code of all rows, if they have the same.
    pub fn constant(self) -> Option<u32> {
        (!self.codes.is_empty() && self.least == self.most).then_some(self.least)
    }
}

/// The greatest code at a width above a base; `None` if it would overflow.
fn greatest_packed(base: u32, width: u8) -> Option<u32> {
    let distance = (1_u64 << width).checked_sub(1)?;
    u32::try_from(u64::from(base) + distance).ok()
}

/// The greatest of codes that fit 31 bits; every processor has vector instructions for these.
fn greatest_signed(codes: &[u32]) -> u32 {
    codes.iter().fold(0, |most, code| most.max(*code as i32)) as u32
}

/// The least and the greatest code, both 0 if there are none. Two loops, because each becomes vector code.
fn bounds(codes: &[u32]) -> (u32, u32) {
    let least = codes.iter().fold(u32::MAX, |least, code| least.min(*code));
    let most = codes.iter().fold(0, |most, code| most.max(*code));
    (least.min(most), most)
}

impl CodeBlock {
    /// An empty block.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the plaintext of up to [`BLOCK_ROWS`] codes to `out`, replacing its contents.
    pub fn encode(codes: &[u32], out: &mut Vec<u8>) -> Result<(), CodecError> {
        let (base, width) = frame_of_codes(codes);
        let header = Header {
            kind: CODES,
            width,
            rows: codes.len(),
            base: i64::from(base),
        };
        header.write(out)?;
        pack_codes(codes, base, width, out)?;
        out.resize(header.block_len(), 0);
        Ok(())
    }

    /// Replaces the codes by those of `bytes`. After an error the block is empty.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let read = self.read(bytes);
        if read.is_err() {
            self.codes.clear();
        }
        read
    }

    /// The codes in the order of the rows, one for each row.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The codes with their bounds.
    pub fn bounded(&self) -> Codes<'_> {
        Codes {
            codes: &self.codes,
            least: self.least,
            most: self.most,
        }
    }

    /// A block of codes that were computed, not decoded.
    pub fn of_codes(codes: Vec<u32>) -> Self {
        let (least, most) = bounds(&codes);
        Self {
            codes: Zeroizing::new(codes),
            least,
            most,
        }
    }

    /// Gives up the codes. The caller has to wipe them.
    pub fn into_codes(mut self) -> Vec<u32> {
        std::mem::take(&mut *self.codes)
    }

    /// Splits the bytes into the block of codes at the front and the rest.
    pub(super) fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), CodecError> {
        let width = *bytes.get(2).ok_or(CodecError::Length)?;
        if width > 32 {
            return Err(CodecError::Width);
        }
        let len = HEADER_LEN + packed_codes_len(width, BLOCK_ROWS);
        bytes.split_at_checked(len).ok_or(CodecError::Length)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let (header, packed) = Header::read(bytes, CODES)?;
        let base = u32::try_from(header.base).map_err(|_| CodecError::Code)?;
        unpack_codes(packed, base, header.width, BLOCK_ROWS, &mut self.codes)?;
        self.codes.truncate(header.rows);
        (self.least, self.most) = match greatest_packed(base, header.width) {
            // Nothing overflowed, so no code is below the base.
            Some(_) if header.width == 0 => (base, base),
            Some(most) if i32::try_from(most).is_ok() => (base, greatest_signed(&self.codes)),
            _ => bounds(&self.codes),
        };
        Ok(())
    }
}

pub(super) struct Header {
    pub(super) kind: u8,
    pub(super) width: u8,
    pub(super) rows: usize,
    pub(super) base: i64,
}

impl Header {
    pub(super) fn block_len(&self) -> usize {
        HEADER_LEN + packed_codes_len(self.width, BLOCK_ROWS)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        if self.rows > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        out.clear();
        out.reserve(self.block_len());
        out.extend_from_slice(&[VERSION, self.kind, self.width, 0]);
        out.extend_from_slice(&(self.rows as u32).to_le_bytes());
        out.extend_from_slice(&self.base.to_le_bytes());
        Ok(())
    }

    /// Checks the header and the length, and answers the packed values.
    pub(super) fn read(bytes: &[u8], kind: u8) -> Result<(Self, &[u8]), CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        if reader.u8()? != kind {
            return Err(CodecError::Kind);
        }
        let width = reader.u8()?;
        let widest = if kind == TIMES { 64 } else { 32 };
        if width > widest || reader.u8()? != 0 {
            return Err(CodecError::Width);
        }
        let rows = reader.u32()? as usize;
        if rows > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let base = reader.i64()?;
        let header = Self {
            kind,
            width,
            rows,
            base,
        };
        if bytes.len() != header.block_len() {
            return Err(CodecError::Length);
        }
        Ok((header, reader.rest()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes() -> impl Strategy<Value = Vec<u32>> {
        (0_u32..=32, prop_oneof![0_usize..3, 0_usize..5000]).prop_flat_map(|(shift, len)| {
            prop::collection::vec(any::<u32>(), len).prop_map(move |v| {
                v.into_iter()
                    .map(|c| c.checked_shr(shift).unwrap_or(9))
                    .collect()
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn codes_round_trip(codes in codes()) {
            let (mut bytes, mut block) = (Vec::new(), CodeBlock::new());
            CodeBlock::encode(&codes, &mut bytes).unwrap();
            block.decode(&bytes).unwrap();
            prop_assert!(block.codes() == codes);
        }

        #[test]
        fn damage_is_refused_or_read_within_bounds(
            codes in prop::collection::vec(0_u32..40, 0..100),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = Vec::new();
            CodeBlock::encode(&codes, &mut bytes).unwrap();
            let mut block = CodeBlock::new();
            prop_assert!(block.decode(&bytes[..cut.index(bytes.len())]).is_err());
            for place in [at.index(bytes.len()), at.index(HEADER_LEN)] {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                let _ = block.decode(&damaged);
                prop_assert!(block.codes().len() <= BLOCK_ROWS);
            }
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = CodeBlock::new().decode(&bytes);
        }
    }

    #[test]
    fn the_length_does_not_tell_the_rows() {
        let (mut one, mut many) = (Vec::new(), Vec::new());
        CodeBlock::encode(&[0, 300], &mut one).unwrap();
        let codes: Vec<u32> = (0..BLOCK_ROWS as u32).map(|i| i % 301).collect();
        CodeBlock::encode(&codes, &mut many).unwrap();
        assert_eq!(one.len(), many.len());
        let mut block = CodeBlock::new();
        block.decode(&many).unwrap();
        assert!(block.codes() == codes);
        block.decode(&one).unwrap();
        assert!(block.codes() == [0, 300]);
    }

    #[test]
    fn a_block_takes_no_more_than_65536_codes() {
        let codes = vec![0; BLOCK_ROWS + 1];
        let refused = CodeBlock::encode(&codes, &mut Vec::new());
        assert_eq!(refused, Err(CodecError::Rows));
    }

    #[test]
    fn each_wrong_part_of_the_header_has_its_error() {
        let mut bytes = Vec::new();
        CodeBlock::encode(&[5, 9], &mut bytes).unwrap();
        let error_at = |place: usize, value: u8| {
            let mut damaged = bytes.clone();
            damaged[place] = value;
            CodeBlock::new().decode(&damaged)
        };
        assert_eq!(error_at(0, 1), Err(CodecError::Version));
        assert_eq!(error_at(1, TIMES), Err(CodecError::Kind));
        assert_eq!(error_at(2, 33), Err(CodecError::Width));
        assert_eq!(error_at(2, 4), Err(CodecError::Length));
        assert_eq!(error_at(7, 1), Err(CodecError::Rows));
        assert_eq!(error_at(15, 0x80), Err(CodecError::Code));
    }
}
