//! The dictionary of one field: its values and their codes, stored as segments.
//!
//! Code 0 is always the empty, unknown value and is in no segment. Each admission with new values adds one segment.
//! Layout of a segment: version `u8`, three zeros, base `u32`, values `u32`, length of the values `u32`; each value
//! after its length; zeros to a power of two of at least 256.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::reader::{Reader, put_length};
use super::{CodecError, padding};

const VERSION: u8 = 1;
const HEADER_LEN: usize = 16;
const LEAST_LEN: usize = 256;

/// The values of the codes from `base` on.
pub struct Segment {
    base: u32,
    values: Vec<Arc<str>>,
}

impl Segment {
    /// The code of the first value.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The padded plaintext, wiped on drop. `TooMany` if a value or the segment is too long.
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, CodecError> {
        let text: usize = self.values.iter().map(|value| value.len() + 4).sum();
        let most = padded(HEADER_LEN + text);
        let mut out = Zeroizing::new(Vec::with_capacity(most));
        out.extend_from_slice(&[0; HEADER_LEN]);
        for value in &self.values {
            put_length(value.len(), &mut out)?;
            out.extend_from_slice(value.as_bytes());
        }
        let used = u32::try_from(out.len() - HEADER_LEN).map_err(|_| CodecError::TooMany)?;
        let count = u32::try_from(self.values.len()).map_err(|_| CodecError::TooMany)?;
        out[0] = VERSION;
        out[4..8].copy_from_slice(&self.base.to_le_bytes());
        out[8..12].copy_from_slice(&count.to_le_bytes());
        out[12..16].copy_from_slice(&used.to_le_bytes());
        let padded = padded(out.len());
        padding::pad(&mut out, padded);
        Ok(out)
    }

    /// Reads a segment; trailing bytes, padding other than zero and texts that are not UTF-8 are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        padding::check(reader.take(3)?)?;
        let base = reader.u32()?;
        let count = reader.u32()? as usize;
        let used = reader.u32()? as usize;
        let mut parts = Reader::new(reader.take(used)?);
        if bytes.len() != padded(HEADER_LEN + used) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        // A value takes at least two bytes.
        if count > used / 2 {
            return Err(CodecError::TooMany);
        }
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            let len = parts.length()?;
            let text = std::str::from_utf8(parts.take(len)?).map_err(|_| CodecError::Text)?;
            values.push(Arc::from(text));
        }
        if !parts.rest().is_empty() {
            return Err(CodecError::Length);
        }
        Ok(Self { base, values })
    }
}

fn padded(len: usize) -> usize {
    len.max(LEAST_LEN).next_power_of_two()
}

/// All segments of a field together. A clone shares the texts.
#[derive(Clone)]
pub struct Dictionary {
    values: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
}

impl Dictionary {
    /// A dictionary that has only the empty value.
    pub fn new() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self {
            values: vec![Arc::clone(&empty)],
            codes: HashMap::from([(empty, 0)]),
        }
    }

    /// Adds the next segment. Segments must come in the order of their bases, and no value may have two codes.
    pub fn append(&mut self, segment: &Segment) -> Result<(), CodecError> {
        if segment.base != self.size() {
            return Err(CodecError::Position);
        }
        let known = self.values.len();
        for value in &segment.values {
            if self.add(value).is_none() {
                self.forget(known);
                return Err(CodecError::Order);
            }
        }
        Ok(())
    }

    /// Gives codes to the values that are new. The segment has only these; `None` if nothing is new.
    pub fn extend<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> Option<Segment> {
        let base = self.size();
        for value in values {
            if !self.codes.contains_key(value) {
                self.add(&Arc::from(value));
            }
        }
        let new = self.values.get(base as usize..)?;
        (!new.is_empty()).then(|| Segment {
            base,
            values: new.to_vec(),
        })
    }

    /// The value of a code; the empty text for code 0, `None` for a code that was not given.
    pub fn value(&self, code: u32) -> Option<&str> {
        self.values.get(code as usize).map(AsRef::as_ref)
    }

    /// The code of a value; `None` if the dictionary does not have it.
    pub fn code(&self, value: &str) -> Option<u32> {
        self.codes.get(value).copied()
    }

    /// All values in the order of their codes, the empty one first.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> {
        self.values.iter().map(AsRef::as_ref)
    }

    /// The number of codes; every code is below it.
    pub fn size(&self) -> u32 {
        self.values.len() as u32
    }

    fn add(&mut self, value: &Arc<str>) -> Option<u32> {
        let code = u32::try_from(self.values.len() + 1).ok()? - 1;
        if self.codes.contains_key(value) {
            return None;
        }
        self.codes.insert(Arc::clone(value), code);
        self.values.push(Arc::clone(value));
        Some(code)
    }

    fn forget(&mut self, from: usize) {
        for value in self.values.drain(from..) {
            self.codes.remove(&value);
        }
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_dictionary_comes_back_from_its_segments(
            batches in prop::collection::vec(prop::collection::vec("\\PC{0,12}", 0..30), 0..5),
        ) {
            let (mut written, mut read) = (Dictionary::new(), Dictionary::new());
            for batch in &batches {
                if let Some(segment) = written.extend(batch.iter().map(String::as_str)) {
                    let bytes = segment.encode().unwrap();
                    prop_assert!(bytes.len() >= 256 && bytes.len().is_power_of_two());
                    read.append(&Segment::decode(&bytes).unwrap()).unwrap();
                }
                for value in batch {
                    let code = read.code(value).unwrap();
                    prop_assert_eq!(read.value(code), Some(value.as_str()));
                    prop_assert_eq!(written.code(value), Some(code));
                }
            }
            prop_assert!(read.values().eq(written.values()));
        }

        #[test]
        fn damaged_segments_are_refused_or_read(
            values in prop::collection::vec("[a-z]{1,20}", 0..40),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut dictionary = Dictionary::new();
            if let Some(segment) = dictionary.extend(values.iter().map(String::as_str)) {
                let mut bytes = segment.encode().unwrap().to_vec();
                prop_assert!(Segment::decode(&bytes[..cut.index(bytes.len())]).is_err());
                let at = at.index(bytes.len());
                bytes[at] ^= flip;
                if let Ok(segment) = Segment::decode(&bytes) {
                    let _ = Dictionary::new().append(&segment);
                }
            }
        }

        #[test]
        fn any_bytes_are_no_segment_or_a_bounded_one(
            bytes in prop::collection::vec(any::<u8>(), 256),
        ) {
            let mut bytes = bytes;
            bytes[..4].copy_from_slice(&[1, 0, 0, 0]);
            let _ = Segment::decode(&bytes);
        }
    }

    #[test]
    fn code_zero_is_the_empty_value() {
        let mut dictionary = Dictionary::new();
        assert!(dictionary.extend([""]).is_none());
        assert_eq!(dictionary.code(""), Some(0));
        assert_eq!(dictionary.value(0), Some(""));
        let segment = dictionary.extend(["login", "", "login", "enrol"]).unwrap();
        assert_eq!((segment.base(), segment.len()), (1, 2));
        assert_eq!(dictionary.code("enrol"), Some(2));
        assert_eq!(dictionary.code("other"), None);
        assert_eq!(dictionary.size(), 3);
    }

    #[test]
    fn a_gap_or_a_second_code_for_a_value_is_refused_and_leaves_no_trace() {
        let mut dictionary = Dictionary::new();
        let gap = Segment {
            base: 2,
            values: vec![Arc::from("a")],
        };
        assert_eq!(dictionary.append(&gap), Err(CodecError::Position));
        let twice = Segment {
            base: 1,
            values: vec![Arc::from("a"), Arc::from("a")],
        };
        assert_eq!(dictionary.append(&twice), Err(CodecError::Order));
        assert_eq!((dictionary.size(), dictionary.code("a")), (1, None));
    }
}
