//! Looks one number up in a block of the subject index without decoding the block: the packed columns are searched
//! directly. What is read is checked as `SubjectBlock` checks the whole; `doctor` decodes every block.

use zeroize::Zeroizing;

use super::pack::{CODES_GROUP, OFFSETS_GROUP, check, packed_codes_len, packed_offsets_len};
use super::reader::Reader;
use super::subject_block::{RANGE_NUMBERS, STEP, SubjectEntry, VERSION, flip, key};
use super::{CodecError, padding};
use crate::domain::wipe;

/// The plaintext of a block, wiped on drop.
pub struct PackedSubjects {
    plain: Zeroizing<Vec<u8>>,
    range: u32,
    count: usize,
    codes: [Packed<u32>; 5],
    offsets: [Packed<u64>; 2],
}

/// The start of a column, and how its values are packed.
#[derive(Clone, Copy, Default)]
struct Packed<T> {
    at: usize,
    width: u8,
    base: T,
}

impl Drop for PackedSubjects {
    fn drop(&mut self) {
        wipe(&mut std::mem::take(&mut *self.plain));
    }
}

impl PackedSubjects {
    /// Checks header, column widths, length and padding of the block of `range`; decodes no entry.
    pub fn read(range: u32, plain: Zeroizing<Vec<u8>>) -> Result<Self, CodecError> {
        let mut reader = Reader::new(&plain);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        padding::check(reader.take(3)?)?;
        if reader.u32()? != range {
            return Err(CodecError::Position);
        }
        let count = reader.u32()? as usize;
        let mut codes = [Packed::<u32>::default(); 5];
        for column in &mut codes {
            (column.width, column.base) = (reader.u8()?, reader.u32()?);
            column.at = plain.len() - reader.rest().len();
            check(column.width, u32::BITS, count)?;
            reader.take(packed_codes_len(column.width, count))?;
        }
        let mut offsets = [Packed::<u64>::default(); 2];
        for column in &mut offsets {
            (column.width, column.base) = (reader.u8()?, reader.u64()?);
            column.at = plain.len() - reader.rest().len();
            check(column.width, u64::BITS, count)?;
            reader.take(packed_offsets_len(column.width, count))?;
        }
        let used = plain.len() - reader.rest().len();
        if plain.len() != used.next_multiple_of(STEP) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        Ok(Self {
            plain,
            range,
            count,
            codes,
            offsets,
        })
    }

    /// The entries of one number, by account and kind.
    pub fn find(&self, number: u32) -> Result<Vec<SubjectEntry>, CodecError> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            match self.code(0, middle)? < number {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        let mut found: Vec<SubjectEntry> = Vec::new();
        while low < self.count && self.code(0, low)? == number {
            let first = flip(self.offset(0, low)?) as i64;
            let entry = SubjectEntry {
                number,
                account: self.code(1, low)?,
                kind: self.code(2, low)?,
                user: self.code(3, low)?,
                messages: self.code(4, low)?,
                first,
                last: first.saturating_add_unsigned(self.offset(1, low)?),
            };
            if number / RANGE_NUMBERS != self.range {
                return Err(CodecError::Position);
            }
            if found.last().is_some_and(|last| key(last) >= key(&entry)) {
                return Err(CodecError::Order);
            }
            found.push(entry);
            low += 1;
        }
        Ok(found)
    }

    fn code(&self, column: usize, place: usize) -> Result<u32, CodecError> {
        let column = &self.codes[column];
        let bits = self.bits(column.at, CODES_GROUP, column.width, place, |bytes| {
            bytes.first_chunk().map(|word| u32::from_le_bytes(*word))
        })?;
        Ok((bits as u32).wrapping_add(column.base))
    }

    fn offset(&self, column: usize, place: usize) -> Result<u64, CodecError> {
        let column = &self.offsets[column];
        let bits = self.bits(column.at, OFFSETS_GROUP, column.width, place, |bytes| {
            bytes.first_chunk().map(|word| u64::from_le_bytes(*word))
        })?;
        Ok(bits.wrapping_add(column.base))
    }

    /// The bits of one value of the column at `column`, whose groups have `size` values packed
    /// in words `W`. The value is in lane `place % lanes`, and that lane packs its own row by row.
    fn bits<W: Into<u128>>(
        &self,
        column: usize,
        size: usize,
        width: u8,
        place: usize,
        read: impl Fn(&[u8]) -> Option<W>,
    ) -> Result<u64, CodecError> {
        let word_bytes = size_of::<W>();
        let word_bits = word_bytes * 8;
        let lanes = size / word_bits;
        let (row, lane) = (place % size / lanes, place % lanes);
        let width = usize::from(width);
        let group = column + place / size * width * (size / 8);
        let word = |no: usize| -> Result<u128, CodecError> {
            let at = group + (no * lanes + lane) * word_bytes;
            let word = self.plain.get(at..).and_then(&read);
            Ok(word.ok_or(CodecError::Length)?.into())
        };
        if width == 0 {
            return Ok(0);
        }
        let (no, shift) = (row * width / word_bits, row * width % word_bits);
        let mut bits = word(no)? >> shift;
        if shift + width > word_bits {
            bits |= word(no + 1)? << (word_bits - shift);
        }
        Ok((bits & (u128::MAX >> (128 - width))) as u64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::columns::SubjectBlock;

    fn entries() -> impl Strategy<Value = Vec<SubjectEntry>> {
        let key = (0..RANGE_NUMBERS, 0_u32..9, 0_u32..4);
        let value = (any::<u32>(), any::<u32>(), any::<i64>(), any::<u32>());
        prop::collection::btree_map(key, value, 0..3000).prop_map(|map| {
            let entry = |((number, account, kind), (user, messages, first, span))| SubjectEntry {
                number: 3 * RANGE_NUMBERS + number,
                account,
                kind,
                user,
                messages,
                first,
                last: i64::saturating_add_unsigned(first, u64::from(span)),
            };
            map.into_iter().map(entry).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_number_is_found_as_in_the_decoded_block(
            entries in entries(),
            narrow in any::<bool>(),
            asked in 0..RANGE_NUMBERS,
        ) {
            let mut entries = entries;
            if narrow {
                for entry in &mut entries {
                    (entry.user, entry.messages) = (7, entry.messages % 900);
                    (entry.first, entry.last) = (entry.first % 3_000_000, i64::MAX >> 20);
                }
            }
            let mut plain = Vec::new();
            SubjectBlock::encode(3, &entries, &mut plain).unwrap();
            let block = SubjectBlock::decode(3, &plain).unwrap();
            let packed = PackedSubjects::read(3, Zeroizing::new(plain)).unwrap();
            let numbers = entries.iter().map(|entry| entry.number);
            for number in numbers.chain([3 * RANGE_NUMBERS + asked, 0, u32::MAX]) {
                let found = packed.find(number).unwrap();
                prop_assert!(block.find(number).eq(found.into_iter()));
            }
        }

        #[test]
        fn a_damaged_block_is_refused_or_read(
            entries in entries(),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut plain = Vec::new();
            SubjectBlock::encode(3, &entries, &mut plain).unwrap();
            let part = plain[..cut.index(plain.len())].to_vec();
            prop_assert!(PackedSubjects::read(3, Zeroizing::new(part)).is_err());
            prop_assert!(PackedSubjects::read(1, Zeroizing::new(plain.clone())).is_err());
            for place in [at.index(plain.len()), at.index(17)] {
                let mut damaged = plain.clone();
                damaged[place] ^= flip;
                if let Ok(packed) = PackedSubjects::read(3, Zeroizing::new(damaged)) {
                    let _ = packed.find(3 * RANGE_NUMBERS + 5);
                }
            }
        }
    }
}
