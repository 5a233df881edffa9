//! The values of a block of texts, in the tightest of four forms that fits them all.
//!
//! Message references are mostly machine-made: decimal numbers, UUIDs, or a prefix
//! and 32 hex digits. One of these forms is taken whenever all values have it;
//! otherwise lengths and bytes are deflated. Every form gives back the exact text.

use std::borrow::Cow;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::CodecError;
use super::pack::{frame_of_offsets, pack_offsets, packed_offsets_len, unpack_offsets};
use super::reader::{Reader, put_length};
use crate::domain::hex;

/// Texts of one block together; more is refused.
const MAX_TEXT: usize = 64 << 20;

/// No deflated byte gives more bytes than this.
const MAX_DEFLATE_RATIO: usize = 1040;

/// More would not fit 64 bits.
const MOST_DIGITS: u8 = 19;

const DECIMALS: u8 = 1;
const UUIDS: u8 = 2;
const PREFIXED: u8 = 3;
const TEXTS: u8 = 4;

#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) enum TextValues {
    /// Each with this many digits; 0 if as many as it needs.
    Decimals(u8, Vec<u64>),
    Uuids(Vec<[u8; 16]>),
    Prefixed(String, Vec<[u8; 16]>),
    Texts(String, Vec<u32>),
}

impl TextValues {
    /// The kind of the form taken, and its bytes.
    pub(super) fn encode(values: &[&str]) -> Result<(u8, Zeroizing<Vec<u8>>), CodecError> {
        if let Some((digits, decimals)) = decimals(values) {
            return Ok((DECIMALS, encode_decimals(digits, &decimals)?));
        }
        if let Some(uuids) = all(values, uuid) {
            let mut out = Zeroizing::new(Vec::with_capacity(16 * uuids.len()));
            out.extend_from_slice(uuids.as_flattened());
            return Ok((UUIDS, out));
        }
        if let Some((prefix, hex)) = prefixed(values) {
            let mut out = Zeroizing::new(Vec::with_capacity(256 + 16 * hex.len()));
            out.push(prefix.len() as u8);
            out.extend_from_slice(prefix.as_bytes());
            out.extend_from_slice(hex.as_flattened());
            return Ok((PREFIXED, out));
        }
        Ok((TEXTS, deflate(values)?))
    }

    /// Reads back `count` values; `bytes` must hold exactly these.
    pub(super) fn decode(kind: u8, bytes: &[u8], count: usize) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        match kind {
            DECIMALS => {
                let digits = reader.u8()?;
                if digits > MOST_DIGITS {
                    return Err(CodecError::Width);
                }
                let (base, width) = (reader.u64()?, reader.u8()?);
                let mut decimals = Vec::new();
                unpack_offsets(reader.rest(), base, width, count, &mut decimals)?;
                Ok(Self::Decimals(digits, decimals))
            }
            UUIDS => sixteens(bytes, count).map(Self::Uuids),
            PREFIXED => {
                let len = usize::from(reader.u8()?);
                let prefix =
                    std::str::from_utf8(reader.take(len)?).map_err(|_| CodecError::Text)?;
                let hex = sixteens(reader.rest(), count)?;
                Ok(Self::Prefixed(prefix.to_owned(), hex))
            }
            TEXTS => inflate(reader, count),
            _ => Err(CodecError::Kind),
        }
    }

    /// The value; what is made to show it is the caller's to wipe.
    pub(super) fn get(&self, at: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Decimals(digits, decimals) => {
                let decimal = decimals.get(at)?;
                let digits = usize::from(*digits);
                Some(Cow::Owned(format!("{decimal:0digits$}")))
            }
            Self::Uuids(uuids) => uuids.get(at).map(|uuid| {
                let mut text = String::with_capacity(36);
                for (place, byte) in uuid.iter().enumerate() {
                    if matches!(place, 4 | 6 | 8 | 10) {
                        text.push('-');
                    }
                    hex::push(*byte, &mut text);
                }
                Cow::Owned(text)
            }),
            Self::Prefixed(prefix, ends) => ends.get(at).map(|end| {
                let mut text = String::with_capacity(prefix.len() + 32);
                text.push_str(prefix);
                end.iter().for_each(|byte| hex::push(*byte, &mut text));
                Cow::Owned(text)
            }),
            Self::Texts(text, ends) => {
                let end = *ends.get(at)? as usize;
                let start = match at.checked_sub(1) {
                    Some(before) => *ends.get(before)? as usize,
                    None => 0,
                };
                text.get(start..end).map(Cow::Borrowed)
            }
        }
    }
}

/// Every value read by `read`, or none at all.
fn all<T: Zeroize>(values: &[&str], read: impl Fn(&str) -> Option<T>) -> Option<Zeroizing<Vec<T>>> {
    let mut all = Zeroizing::new(Vec::with_capacity(values.len()));
    for value in values {
        all.push(read(value)?);
    }
    Some(all)
}

/// Decimals of up to 19 digits. Either all have one length, which is returned with them, or none
/// has a leading zero.
fn decimals(values: &[&str]) -> Option<(u8, Zeroizing<Vec<u64>>)> {
    let len = values.first().map_or(0, |first| first.len());
    let one_length = values.iter().all(|value| value.len() == len);
    let decimals = all(values, |value| {
        let zero = value.len() > 1 && value.starts_with('0');
        if zero && !one_length {
            return None;
        }
        decimal(value)
    })?;
    Some((if one_length { len as u8 } else { 0 }, decimals))
}

fn decimal(text: &str) -> Option<u64> {
    let digits = text.as_bytes();
    if !(1..=usize::from(MOST_DIGITS)).contains(&digits.len()) {
        return None;
    }
    // Nineteen nines are below 2^64: nothing can wrap while all are digits.
    let (mut value, mut plain) = (0_u64, true);
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        plain &= digit <= 9;
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    plain.then_some(value)
}

fn uuid(text: &str) -> Option<[u8; 16]> {
    let bytes: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut digits = [0; 32];
    let mut next = digits.iter_mut();
    for (at, byte) in bytes.iter().enumerate() {
        match at {
            8 | 13 | 18 | 23 if *byte == b'-' => (),
            8 | 13 | 18 | 23 => return None,
            _ => *next.next()? = *byte,
        }
    }
    hex::decode(&digits)
}

/// A prefix of up to 255 bytes that all values share, and 32 hex digits after it.
fn prefixed<'a>(values: &[&'a str]) -> Option<(&'a str, Zeroizing<Vec<[u8; 16]>>)> {
    let first = values.first()?;
    let prefix = first.get(..first.len().checked_sub(32)?)?;
    u8::try_from(prefix.len()).ok()?;
    let hex = all(values, |value| {
        hex::decode(value.strip_prefix(prefix)?.as_bytes())
    })?;
    Some((prefix, hex))
}

fn encode_decimals(digits: u8, decimals: &[u64]) -> Result<Zeroizing<Vec<u8>>, CodecError> {
    let (base, width) = frame_of_offsets(decimals);
    let len = 10 + packed_offsets_len(width, decimals.len());
    let mut out = Zeroizing::new(Vec::with_capacity(len));
    out.push(digits);
    out.extend_from_slice(&base.to_le_bytes());
    out.push(width);
    pack_offsets(decimals, base, width, &mut out)?;
    Ok(out)
}

fn sixteens(bytes: &[u8], count: usize) -> Result<Vec<[u8; 16]>, CodecError> {
    let (sixteens, rest) = bytes.as_chunks::<16>();
    if sixteens.len() != count || !rest.is_empty() {
        return Err(CodecError::Length);
    }
    Ok(sixteens.to_vec())
}

/// The length before deflating, then lengths and texts deflated. The compressor's own
/// window cannot be wiped; it is freed as it is.
fn deflate(values: &[&str]) -> Result<Zeroizing<Vec<u8>>, CodecError> {
    let text: usize = values.iter().map(|value| value.len()).sum();
    if text > MAX_TEXT {
        return Err(CodecError::TooMany);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(text + 4 * values.len()));
    for value in values {
        put_length(value.len(), &mut plain)?;
    }
    for value in values {
        plain.extend_from_slice(value.as_bytes());
    }
    let bound = plain.len() + plain.len() / 8 + 256;
    let mut out = Zeroizing::new(Vec::with_capacity(4 + bound));
    out.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    let mut compress = Compress::new(Compression::fast(), false);
    match compress.compress_vec(&plain, &mut out, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Ok(out),
        _ => Err(CodecError::Deflate),
    }
}

fn inflate(mut reader: Reader<'_>, count: usize) -> Result<TextValues, CodecError> {
    let len = reader.u32()? as usize;
    let deflated = reader.rest();
    if len > MAX_TEXT + 4 * count || len > deflated.len().saturating_mul(MAX_DEFLATE_RATIO) {
        return Err(CodecError::Length);
    }
    // Room to spare, so that the end of the stream is seen and nothing moves.
    let mut plain = Zeroizing::new(Vec::with_capacity(len + 64));
    let mut decompress = Decompress::new(false);
    match decompress.decompress_vec(deflated, &mut plain, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) => (),
        _ => return Err(CodecError::Deflate),
    }
    if plain.len() != len || decompress.total_in() != deflated.len() as u64 {
        return Err(CodecError::Deflate);
    }
    let mut reader = Reader::new(&plain);
    let mut ends = Vec::with_capacity(count.min(len));
    let mut end = 0;
    for _ in 0..count {
        end += reader.length()?;
        if end > len {
            return Err(CodecError::Length);
        }
        ends.push(end as u32);
    }
    let text = std::str::from_utf8(reader.rest()).map_err(|_| CodecError::Text)?;
    if text.len() != end {
        return Err(CodecError::Length);
    }
    if !ends.iter().all(|end| text.is_char_boundary(*end as usize)) {
        return Err(CodecError::Text);
    }
    Ok(TextValues::Texts(text.to_owned(), ends))
}
