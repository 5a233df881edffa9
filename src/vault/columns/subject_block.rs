//! A block of the subject index, which tells about numbers without opening the columns. A block covers 4,096 numbers.
//! For each number, account and kind it has the number of messages and the times of the first and the last.
//!
//! Layout: version `u8`, three zeros, range `u32`, number of entries `u32`; then seven columns: number, account, kind,
//! user, messages, first (shifted to unsigned), and last minus first. Each column is width `u8`, base (`u32`; `u64` for
//! the last two columns) and packed values. Zeros follow to a multiple of 4 KiB. Entries are in ascending order of
//! number, account and kind.

use super::pack::{
    frame_of_codes, frame_of_offsets, pack_codes, pack_offsets, packed_codes_len,
    packed_offsets_len, unpack_codes, unpack_offsets,
};
use super::reader::Reader;
use super::{CodecError, padding};

/// How many numbers a block covers. Block `r` begins with number `r * 4096`.
pub const RANGE_NUMBERS: u32 = 4096;

pub(super) const VERSION: u8 = 3;
pub(super) const STEP: usize = 4096;

/// The messages of one number, account and kind in one exhibit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubjectEntry {
    /// The number's position among the case's terms, not its digits.
    pub number: u32,
    /// The code of the account in its dictionary.
    pub account: u32,
    /// The code of the kind of message in its dictionary.
    pub kind: u32,
    /// The term number of the user of the first message, 0 for nobody. Records with another user have it in the block
    /// of users.
    pub user: u32,
    /// How many messages there are.
    pub messages: u32,
    /// The time of the earliest, in seconds since 1970.
    pub first: i64,
    /// The time of the latest, in seconds since 1970.
    pub last: i64,
}

/// A decoded block, column by column.
pub struct SubjectBlock {
    numbers: Vec<u32>,
    accounts: Vec<u32>,
    kinds: Vec<u32>,
    users: Vec<u32>,
    messages: Vec<u32>,
    firsts: Vec<u64>,
    spans: Vec<u64>,
}

impl SubjectBlock {
    /// Replaces the contents of `out` by the plaintext of the entries of one range, which must be in strictly ascending
    /// order.
    pub fn encode(
        range: u32,
        entries: &[SubjectEntry],
        out: &mut Vec<u8>,
    ) -> Result<(), CodecError> {
        if !entries.iter().all(|e| e.number / RANGE_NUMBERS == range) {
            return Err(CodecError::Position);
        }
        if !entries.is_sorted_by(|a, b| key(a) < key(b))
            || entries.iter().any(|entry| entry.first > entry.last)
        {
            return Err(CodecError::Order);
        }
        let count = u32::try_from(entries.len()).map_err(|_| CodecError::TooMany)?;
        out.clear();
        out.extend_from_slice(&[VERSION, 0, 0, 0]);
        out.extend_from_slice(&range.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        put_codes(entries.iter().map(|entry| entry.number), out)?;
        put_codes(entries.iter().map(|entry| entry.account), out)?;
        put_codes(entries.iter().map(|entry| entry.kind), out)?;
        put_codes(entries.iter().map(|entry| entry.user), out)?;
        put_codes(entries.iter().map(|entry| entry.messages), out)?;
        put_offsets(entries.iter().map(|entry| flip(entry.first as u64)), out)?;
        put_offsets(entries.iter().map(|e| e.last.abs_diff(e.first)), out)?;
        padding::pad(out, out.len().next_multiple_of(STEP));
        Ok(())
    }

    /// Reads the plaintext of a range. Entries of another range or out of order are refused.
    pub fn decode(range: u32, bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        padding::check(reader.take(3)?)?;
        if reader.u32()? != range {
            return Err(CodecError::Position);
        }
        let count = reader.u32()? as usize;
        let block = Self {
            numbers: take_codes(&mut reader, count)?,
            accounts: take_codes(&mut reader, count)?,
            kinds: take_codes(&mut reader, count)?,
            users: take_codes(&mut reader, count)?,
            messages: take_codes(&mut reader, count)?,
            firsts: take_offsets(&mut reader, count)?,
            spans: take_offsets(&mut reader, count)?,
        };
        let used = bytes.len() - reader.rest().len();
        if bytes.len() != used.next_multiple_of(STEP) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        if !block.numbers.iter().all(|n| n / RANGE_NUMBERS == range) {
            return Err(CodecError::Position);
        }
        if !block.iter().is_sorted_by(|a, b| key(a) < key(b)) {
            return Err(CodecError::Order);
        }
        Ok(block)
    }

    /// The entries of one number, by account and kind.
    pub fn find(&self, number: u32) -> impl Iterator<Item = SubjectEntry> + '_ {
        let from = self.numbers.partition_point(|other| *other < number);
        let to = self.numbers.partition_point(|other| *other <= number);
        (from..to).filter_map(|at| self.get(at))
    }

    /// All entries, by number, account and kind.
    pub fn iter(&self) -> impl Iterator<Item = SubjectEntry> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    fn get(&self, at: usize) -> Option<SubjectEntry> {
        let first = flip(*self.firsts.get(at)?) as i64;
        Some(SubjectEntry {
            number: *self.numbers.get(at)?,
            account: *self.accounts.get(at)?,
            kind: *self.kinds.get(at)?,
            user: *self.users.get(at)?,
            messages: *self.messages.get(at)?,
            first,
            last: first.saturating_add_unsigned(*self.spans.get(at)?),
        })
    }
}

pub(super) fn key(entry: &SubjectEntry) -> (u32, u32, u32) {
    (entry.number, entry.account, entry.kind)
}

/// Maps signed values to unsigned ones in the same order, and back.
pub(super) fn flip(bits: u64) -> u64 {
    bits ^ 1 << 63
}

fn put_codes(values: impl Iterator<Item = u32>, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let values: Vec<u32> = values.collect();
    let (base, width) = frame_of_codes(&values);
    out.push(width);
    out.extend_from_slice(&base.to_le_bytes());
    pack_codes(&values, base, width, out)
}

fn put_offsets(values: impl Iterator<Item = u64>, out: &mut Vec<u8>) -> Result<(), CodecError> {
    let values: Vec<u64> = values.collect();
    let (base, width) = frame_of_offsets(&values);
    out.push(width);
    out.extend_from_slice(&base.to_le_bytes());
    pack_offsets(&values, base, width, out)
}

fn take_codes(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u32>, CodecError> {
    let (width, base) = (reader.u8()?, reader.u32()?);
    let packed = reader.take(packed_codes_len(width, count))?;
    let mut values = Vec::new();
    unpack_codes(packed, base, width, count, &mut values)?;
    Ok(values)
}

fn take_offsets(reader: &mut Reader<'_>, count: usize) -> Result<Vec<u64>, CodecError> {
    let (width, base) = (reader.u8()?, reader.u64()?);
    let packed = reader.take(packed_offsets_len(width, count))?;
    let mut values = Vec::new();
    unpack_offsets(packed, base, width, count, &mut values)?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn entries() -> impl Strategy<Value = Vec<SubjectEntry>> {
        let key = (0..RANGE_NUMBERS, 0_u32..9, 0_u32..4);
        let value = (0_u32..900, any::<u32>(), any::<i64>(), 0_u64..3_000_000);
        prop::collection::btree_map(key, value, 0..300).prop_map(|map: BTreeMap<_, _>| {
            let entry = |((number, account, kind), (user, messages, first, span))| SubjectEntry {
                number: 3 * RANGE_NUMBERS + number,
                account,
                kind,
                user,
                messages,
                first,
                last: first.saturating_add_unsigned(span),
            };
            map.into_iter().map(entry).collect()
        })
    }

    proptest! {
        #[test]
        fn a_block_of_the_index_round_trips(entries in entries()) {
            let mut bytes = Vec::new();
            SubjectBlock::encode(3, &entries, &mut bytes).unwrap();
            prop_assert_eq!(bytes.len() % 4096, 0);
            let block = SubjectBlock::decode(3, &bytes).unwrap();
            prop_assert!(block.iter().eq(entries.iter().copied()));
            prop_assert_eq!(block.find(0).count(), 0);
            for entry in &entries {
                let same = entries.iter().filter(|other| other.number == entry.number);
                prop_assert!(block.find(entry.number).eq(same.copied()));
            }
        }

        #[test]
        fn a_damaged_block_is_refused_or_read(
            entries in entries(),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..=255,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = Vec::new();
            SubjectBlock::encode(3, &entries, &mut bytes).unwrap();
            prop_assert!(SubjectBlock::decode(3, &bytes[..cut.index(bytes.len())]).is_err());
            for place in [at.index(bytes.len()), at.index(17)] {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                if let Ok(block) = SubjectBlock::decode(3, &damaged) {
                    prop_assert_eq!(block.iter().count(), block.len());
                }
            }
        }
    }

    #[test]
    fn entries_out_of_order_or_range_are_refused() {
        let entry = SubjectEntry {
            number: 5,
            account: 1,
            kind: 1,
            user: 0,
            messages: 1,
            first: 10,
            last: 20,
        };
        let encode = |range, entries: &[SubjectEntry]| {
            let mut bytes = Vec::new();
            SubjectBlock::encode(range, entries, &mut bytes).map(|()| bytes)
        };
        assert_eq!(encode(1, &[entry]), Err(CodecError::Position));
        assert_eq!(encode(0, &[entry, entry]), Err(CodecError::Order));
        let backwards = SubjectEntry { last: 9, ..entry };
        assert_eq!(encode(0, &[backwards]), Err(CodecError::Order));
        let bytes = encode(0, &[entry]).unwrap();
        assert!(SubjectBlock::decode(1, &bytes).err() == Some(CodecError::Position));
    }
}
