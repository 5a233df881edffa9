//! Reads little-endian values from the front of a plaintext, never past its end.

use super::CodecError;

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], CodecError> {
        let (part, rest) = self.rest.split_at_checked(len).ok_or(CodecError::Length)?;
        self.rest = rest;
        Ok(part)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (part, rest) = self.rest.split_first_chunk().ok_or(CodecError::Length)?;
        self.rest = rest;
        Ok(*part)
    }

    pub(super) fn u8(&mut self) -> Result<u8, CodecError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, CodecError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, CodecError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, CodecError> {
        self.array().map(i64::from_le_bytes)
    }

    /// A length as [`put_length`] writes it: seven bits in each byte, lowest bits first.
    pub(super) fn length(&mut self) -> Result<usize, CodecError> {
        let mut value = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value as usize);
            }
        }
        Err(CodecError::Length)
    }
}

/// The longest length that [`put_length`] can write.
pub(super) const MAX_LENGTH: usize = (1 << 28) - 1;

/// Appends a length to `out`. A length above [`MAX_LENGTH`] is refused.
pub(super) fn put_length(mut length: usize, out: &mut Vec<u8>) -> Result<(), CodecError> {
    if length > MAX_LENGTH {
        return Err(CodecError::TooMany);
    }
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_round_trip_up_to_the_largest() {
        for length in [0, 1, 127, 128, 16_383, 16_384, 2_097_152, MAX_LENGTH] {
            let mut bytes = Vec::new();
            put_length(length, &mut bytes).unwrap();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.length(), Ok(length));
            assert!(reader.rest().is_empty());
        }
        assert_eq!(
            put_length(MAX_LENGTH + 1, &mut Vec::new()),
            Err(CodecError::TooMany)
        );
    }

    #[test]
    fn a_reader_stops_at_the_end() {
        assert_eq!(Reader::new(&[1, 2, 3]).u32(), Err(CodecError::Length));
        assert_eq!(Reader::new(&[0x80; 9]).length(), Err(CodecError::Length));
        assert_eq!(Reader::new(&[]).u8(), Err(CodecError::Length));
    }
}
