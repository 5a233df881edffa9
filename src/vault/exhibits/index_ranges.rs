//! Which ranges of the subject index an exhibit has. It is part of the exhibit's sealed description, so that a range
//! that was deleted is told from one that never was.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A set of ranges; a bit for each, base64 in the description.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(in crate::vault) struct IndexRanges(Vec<u8>);

impl IndexRanges {
    pub(in crate::vault) fn of(ranges: impl IntoIterator<Item = u32>) -> Self {
        let mut bits = Vec::new();
        for range in ranges {
            let (byte, bit) = place(range);
            if bits.len() <= byte {
                bits.resize(byte + 1, 0);
            }
            bits[byte] |= bit;
        }
        Self(bits)
    }

    pub(in crate::vault) fn has(&self, range: u32) -> bool {
        let (byte, bit) = place(range);
        self.0.get(byte).is_some_and(|bits| bits & bit != 0)
    }
}

fn place(range: u32) -> (usize, u8) {
    ((range / 8) as usize, 1 << (range % 8))
}

impl From<IndexRanges> for String {
    fn from(ranges: IndexRanges) -> Self {
        STANDARD.encode(ranges.0)
    }
}

impl TryFrom<String> for IndexRanges {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_ranges_and_no_others_also_when_read_again() {
        let has = [0, 7, 8, 170, 4095];
        let ranges = IndexRanges::of(has);
        let text = serde_json::to_string(&ranges).unwrap();
        let again: IndexRanges = serde_json::from_str(&text).unwrap();
        assert_eq!(again, ranges);
        for range in (0..5000).chain([u32::MAX]) {
            assert_eq!(again.has(range), has.contains(&range), "{range}");
        }
        assert!(!IndexRanges::default().has(0));
        assert!(serde_json::from_str::<IndexRanges>("\"*\"").is_err());
    }
}
