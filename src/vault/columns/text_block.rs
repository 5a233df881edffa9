//! The plaintext of a block of texts, such as message references. A row may have no text.
//!
//! Layout: version `u8`, kind `u8`, presence `u8` (1 if a bitmap follows), zero `u8`, rows `u32`, length of the rest
//! `u32`; the bitmap, one bit for each row, left out if every row has a text; the texts (see `text_values`); zeros to a
//! size class. All buffers that held texts are wiped, except the texts that `get` returns.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::code_block::BLOCK_ROWS;
use super::reader::Reader;
use super::text_values::TextValues;
use super::{CodecError, padding};

const VERSION: u8 = 1;
const HEADER_LEN: usize = 12;

/// A decoded block of texts. The texts are wiped on drop.
pub struct TextBlock {
    rows: usize,
    presence: Option<Presence>,
    values: TextValues,
}

impl TextBlock {
    /// The plaintext of up to [`BLOCK_ROWS`] texts.
    pub fn encode(texts: &[Option<&str>]) -> Result<Zeroizing<Vec<u8>>, CodecError> {
        if texts.len() > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let present: Vec<&str> = texts.iter().copied().flatten().collect();
        let bitmap = (present.len() < texts.len()).then(|| bitmap(texts));
        let (kind, values) = TextValues::encode(&present)?;
        let used = values.len() + bitmap.as_ref().map_or(0, Vec::len);
        let padded = padding::eighths(HEADER_LEN + used);
        let mut out = Zeroizing::new(Vec::with_capacity(padded));
        out.extend_from_slice(&[VERSION, kind, u8::from(bitmap.is_some()), 0]);
        out.extend_from_slice(&(texts.len() as u32).to_le_bytes());
        out.extend_from_slice(&(used as u32).to_le_bytes());
        out.extend_from_slice(&bitmap.unwrap_or_default());
        out.extend_from_slice(&values);
        padding::pad(&mut out, padded);
        Ok(out)
    }

    /// Reads a plaintext. A length, bitmap or padding that does not fit the header is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        let [kind, has_bitmap, zero] = reader.array()?;
        if has_bitmap > 1 || zero != 0 {
            return Err(CodecError::Kind);
        }
        let rows = reader.u32()? as usize;
        if rows > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let used = reader.u32()? as usize;
        let mut parts = Reader::new(reader.take(used)?);
        if bytes.len() != padding::eighths(HEADER_LEN + used) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        let presence = match has_bitmap {
            0 => None,
            _ => Some(Presence::read(parts.take(rows.div_ceil(8))?, rows)?),
        };
        let count = presence.as_ref().map_or(rows, Presence::count);
        let values = TextValues::decode(kind, parts.rest(), count)?;
        Ok(Self {
            rows,
            presence,
            values,
        })
    }

    /// The number of rows, including those without a text.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The text of a row, if the row has one.
    pub fn get(&self, row: usize) -> Option<Cow<'_, str>> {
        match &self.presence {
            None => self.values.get(row),
            Some(presence) => self.values.get(presence.place(row)?),
        }
    }
}

fn bitmap(texts: &[Option<&str>]) -> Vec<u8> {
    let byte = |texts: &[Option<&str>]| {
        let bits = texts.iter().enumerate();
        bits.fold(0, |byte, (bit, text)| {
            byte | u8::from(text.is_some()) << bit
        })
    };
    texts.chunks(8).map(byte).collect()
}

/// Which rows have a text, and for each 64 rows how many texts the rows before them have.
struct Presence {
    words: Vec<u64>,
    before: Vec<u32>,
    count: u32,
}

impl Presence {
    fn read(bytes: &[u8], rows: usize) -> Result<Self, CodecError> {
        if let (Some(last), used @ 1..) = (bytes.last(), rows % 8)
            && last >> used != 0
        {
            return Err(CodecError::Padding);
        }
        let word = |bytes: &[u8]| {
            let ends = bytes.iter().rev();
            ends.fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        let words: Vec<u64> = bytes.chunks(8).map(word).collect();
        let (mut before, mut count) = (Vec::with_capacity(words.len()), 0);
        for word in &words {
            before.push(count);
            count += word.count_ones();
        }
        Ok(Self {
            words,
            before,
            count,
        })
    }

    fn count(&self) -> usize {
        self.count as usize
    }

    fn place(&self, row: usize) -> Option<usize> {
        let word = *self.words.get(row / 64)?;
        let bit = 1 << (row % 64);
        let before = *self.before.get(row / 64)? + (word & (bit - 1)).count_ones();
        (word & bit != 0).then_some(before as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
        let text = prop_oneof![
            Just("[0-9]{1,20}"),
            Just("[1-9][0-9]{15}"),
            Just("[0-9]{16}"),
            Just("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
            Just("SM[0-9a-f]{32}"),
            Just("[0-9a-f]{32}"),
            Just("é[0-9a-f]{31,32}"),
            Just("\\PC{0,40}"),
        ];
        (text, 0_usize..300, 0_u8..3).prop_flat_map(|(text, len, missing)| {
            let one = text.prop_map(Some);
            let some = prop_oneof![3 => text.prop_map(Some), 1 => Just(None)];
            if missing == 0 {
                prop::collection::vec(some.boxed(), len)
            } else {
                prop::collection::vec(one.boxed(), len)
            }
        })
    }

    fn encode(texts: &[Option<String>]) -> Zeroizing<Vec<u8>> {
        let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
        TextBlock::encode(&texts).unwrap()
    }

    proptest! {
        #[test]
        fn texts_of_every_form_round_trip(texts in texts()) {
            let bytes = encode(&texts);
            let block = TextBlock::decode(&bytes).unwrap();
            prop_assert_eq!(block.rows(), texts.len());
            for (row, text) in texts.iter().enumerate() {
                prop_assert!(block.get(row).as_deref() == text.as_deref());
            }
            prop_assert!(block.get(texts.len()).is_none());
        }

        #[test]
        fn damage_is_refused_or_read_within_bounds(
            texts in texts(),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = encode(&texts);
            prop_assert!(TextBlock::decode(&bytes[..cut.index(bytes.len())]).is_err());
            for place in [at.index(bytes.len()), at.index(64)] {
                let mut damaged = bytes.to_vec();
                damaged[place] ^= flip;
                if let Ok(block) = TextBlock::decode(&damaged) {
                    prop_assert!((0..block.rows()).filter_map(|row| block.get(row)).count() <= BLOCK_ROWS);
                }
            }
        }

        #[test]
        fn any_values_of_any_kind_are_refused_or_read(
            kind in 0_u8..6,
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            count in 0_usize..70_000,
        ) {
            if let Ok(values) = TextValues::decode(kind, &bytes, count) {
                let _ = values.get(count / 2);
            }
        }
    }

    #[test]
    fn each_form_is_taken_when_all_values_have_it() {
        let kind = |texts: &[&str]| {
            let texts: Vec<Option<&str>> = texts.iter().copied().map(Some).collect();
            TextBlock::encode(&texts).unwrap()[1]
        };
        let hex = "0123456789abcdef0123456789abcdef";
        let sid = format!("SM{hex}");
        assert_eq!(kind(&["0", "9999999999999999999"]), 1);
        assert_eq!(kind(&["0007", "0123"]), 1);
        assert_eq!(kind(&["7", "007"]), 4);
        assert_eq!(kind(&["10000000000000000000"]), 4);
        assert_eq!(kind(&["00112233-4455-6677-8899-aabbccddeeff"]), 2);
        assert_eq!(kind(&["00112233-4455-6677-8899-AABBCCDDEEFF"]), 4);
        assert_eq!(kind(&[&sid, &sid]), 3);
        assert_eq!(kind(&[&sid, &sid.replacen("SM", "MM", 1)]), 4);
        assert_eq!(kind(&[hex]), 3);
        assert_eq!(kind(&["", ""]), 4);
    }

    #[test]
    fn a_whole_block_of_references_is_small() {
        let texts: Vec<Option<String>> = (0..BLOCK_ROWS as u64)
            .map(|row| Some((1_000_000_000_000_000 + row * 7_919).to_string()))
            .collect();
        let bytes = encode(&texts);
        assert!(bytes.len() < BLOCK_ROWS * 4);
        let block = TextBlock::decode(&bytes).unwrap();
        assert!(block.get(65_535).as_deref() == texts[65_535].as_deref());
    }

    #[test]
    fn more_rows_than_a_block_has_are_refused() {
        assert!(TextBlock::encode(&vec![None; BLOCK_ROWS + 1]).is_err());
        let none = TextBlock::encode(&vec![None; BLOCK_ROWS]).unwrap();
        let block = TextBlock::decode(&none).unwrap();
        assert!(block.rows() == BLOCK_ROWS && block.get(9).is_none());
    }
}
