//! The statistics of the blocks of one position, by which a query can leave blocks sealed.
//!
//! First and last time, and for each field the codes that occur if they are at most 64. Only the answer "no" is
//! certain. Layout: version `u8`, fields `u8`, zero `u16`, rows `u32`, first `i64`, last `i64`; for each field its code
//! `u8`, count `u8` (255: any code may occur) and the codes `u32`, ascending; zeros to 4 KiB.

use super::code_block::BLOCK_ROWS;
use super::reader::Reader;
use super::{CodeSet, CodecError, padding};
use crate::domain::Field;

const VERSION: u8 = 1;
const MOST_CODES: usize = 64;
const ANYTHING: u8 = u8::MAX;
/// All fields with all their codes fit into one size, so the length tells nothing about the values.
const STEP: usize = 4096;
const _: () = assert!(24 + Field::DICTIONARIES.len() * (2 + 4 * MOST_CODES) <= STEP);

/// Sets with larger codes are not searched code by code.
const SEEN_BITS: u32 = 1 << 22;

/// Times and codes that occur in the blocks of one position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockStatistics {
    rows: u32,
    first: i64,
    last: i64,
    fields: Vec<(Field, Option<Vec<u32>>)>,
}

impl BlockStatistics {
    /// Starts with the times of the block. There must be 1 to 65,536.
    pub fn of_times(seconds: &[i64]) -> Result<Self, CodecError> {
        let (Some(first), Some(last)) = (seconds.iter().min(), seconds.iter().max()) else {
            return Err(CodecError::Rows);
        };
        if seconds.len() > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        Ok(Self {
            rows: seconds.len() as u32,
            first: *first,
            last: *last,
            fields: Vec::new(),
        })
    }

    /// Adds the codes of one field. Each field is added once.
    pub fn with_codes(mut self, field: Field, codes: &[u32]) -> Result<Self, CodecError> {
        if codes.len() != self.rows as usize {
            return Err(CodecError::Rows);
        }
        if self.codes(field).is_some() {
            return Err(CodecError::Field);
        }
        self.fields.push((field, few_distinct(codes)));
        Ok(self)
    }

    /// The same with other codes of a field that was added.
    pub fn with_other_codes(mut self, field: Field, codes: &[u32]) -> Result<Self, CodecError> {
        if codes.len() != self.rows as usize {
            return Err(CodecError::Rows);
        }
        let mut fields = self.fields.iter_mut();
        let place = fields.find(|(other, _)| *other == field);
        place.ok_or(CodecError::Field)?.1 = few_distinct(codes);
        Ok(self)
    }

    /// Replaces `out` by the padded plaintext.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&[VERSION, self.fields.len() as u8, 0, 0]);
        out.extend_from_slice(&self.rows.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.last.to_le_bytes());
        for (field, codes) in &self.fields {
            let count = codes.as_ref().map_or(ANYTHING, |codes| codes.len() as u8);
            out.extend_from_slice(&[field.code(), count]);
            for code in codes.iter().flatten() {
                out.extend_from_slice(&code.to_le_bytes());
            }
        }
        padding::pad(out, out.len().next_multiple_of(STEP));
    }

    /// Reads a plaintext. Fields that occur twice, codes out of order and non-zero padding are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        if reader.u8()? != VERSION {
            return Err(CodecError::Version);
        }
        let count = reader.u8()?;
        padding::check(reader.take(2)?)?;
        let rows = reader.u32()?;
        let (first, last) = (reader.i64()?, reader.i64()?);
        if rows == 0 || rows as usize > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        if first > last {
            return Err(CodecError::Order);
        }
        let mut statistics = Self {
            rows,
            first,
            last,
            fields: Vec::new(),
        };
        for _ in 0..count {
            let field = Field::from_code(reader.u8()?).ok_or(CodecError::Field)?;
            if statistics.codes(field).is_some() {
                return Err(CodecError::Field);
            }
            let codes = read_codes(&mut reader)?;
            statistics.fields.push((field, codes));
        }
        let used = bytes.len() - reader.rest().len();
        if bytes.len() != used.next_multiple_of(STEP) {
            return Err(CodecError::Length);
        }
        padding::check(reader.rest())?;
        Ok(statistics)
    }

    /// The number of rows, from 1 to [`BLOCK_ROWS`].
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// The earliest time, in seconds since 1970.
    pub fn first(&self) -> i64 {
        self.first
    }

    /// The latest time, in seconds since 1970.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Whether a time at or after `from` and before `to` may be in the block.
    pub fn may_hold_time(&self, from: i64, to: i64) -> bool {
        from < to && self.first < to && from <= self.last
    }

    /// Whether one of the codes may be in the block. A field that was not added may have any code.
    pub fn may_hold_code(&self, field: Field, set: &CodeSet) -> bool {
        match self.codes(field) {
            Some(Some(codes)) => codes.iter().any(|code| set.contains(*code)),
            _ => !set.is_empty(),
        }
    }

    fn codes(&self, field: Field) -> Option<Option<&[u32]>> {
        let mut fields = self.fields.iter();
        let (_, codes) = fields.find(|(other, _)| *other == field)?;
        Some(codes.as_deref())
    }
}

fn read_codes(reader: &mut Reader<'_>) -> Result<Option<Vec<u32>>, CodecError> {
    let count = reader.u8()?;
    if count == ANYTHING {
        return Ok(None);
    }
    if usize::from(count) > MOST_CODES {
        return Err(CodecError::TooMany);
    }
    let mut codes = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let code = reader.u32()?;
        if codes.last().is_some_and(|last| *last >= code) {
            return Err(CodecError::Order);
        }
        codes.push(code);
    }
    Ok(Some(codes))
}

/// The distinct codes in ascending order; `None` if there are more than 64.
fn few_distinct(codes: &[u32]) -> Option<Vec<u32>> {
    let greatest = codes.iter().copied().max()?;
    if greatest >= SEEN_BITS {
        return None;
    }
    let mut seen = vec![0_u64; greatest as usize / 64 + 1];
    for code in codes {
        seen[*code as usize / 64] |= 1 << (code % 64);
    }
    let distinct: u32 = seen.iter().map(|word| word.count_ones()).sum();
    if distinct as usize > MOST_CODES {
        return None;
    }
    let seen_code = |code: &u32| seen[*code as usize / 64] >> (code % 64) & 1 == 1;
    Some((0..=greatest).filter(seen_code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some() -> impl Strategy<Value = (Vec<i64>, Vec<u32>, Vec<u32>)> {
        (1_usize..300, 1_u32..200, any::<i64>()).prop_flat_map(|(len, most, base)| {
            let time = (0_i64..3000).prop_map(move |t| base.saturating_add(t));
            (
                prop::collection::vec(time, len),
                prop::collection::vec(0..most, len),
                prop::collection::vec(any::<u32>(), len),
            )
        })
    }

    fn encoded(statistics: &BlockStatistics) -> Vec<u8> {
        let mut bytes = Vec::new();
        statistics.encode(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn statistics_round_trip_and_never_deny_what_is_there(
            (times, codes, wild) in some(),
            range in (-10_i64..4000, -10_i64..4000),
            wanted in prop::collection::vec(0_u32..200, 0..4),
        ) {
            let statistics = BlockStatistics::of_times(&times).unwrap();
            let statistics = statistics.with_codes(Field::Kind, &codes).unwrap();
            let statistics = statistics.with_codes(Field::Carrier, &wild).unwrap();
            let other = statistics.clone().with_other_codes(Field::Kind, &vec![0; codes.len()]).unwrap();
            prop_assert!(statistics.clone().with_other_codes(Field::State, &codes).is_err());
            prop_assert_eq!(other.with_other_codes(Field::Kind, &codes).unwrap(), statistics.clone());
            let bytes = encoded(&statistics);
            prop_assert_eq!(bytes.len(), STEP);
            prop_assert_eq!(&BlockStatistics::decode(&bytes).unwrap(), &statistics);
            let (from, to) = (times[0].saturating_add(range.0), times[0].saturating_add(range.1));
            if times.iter().any(|t| (from..to).contains(t)) {
                prop_assert!(statistics.may_hold_time(from, to));
            }
            let set = CodeSet::of(200, wanted).unwrap();
            let held = codes.iter().any(|code| set.contains(*code));
            let few = codes.iter().collect::<std::collections::HashSet<_>>().len() <= 64;
            let may = statistics.may_hold_code(Field::Kind, &set);
            prop_assert_eq!(may, if few { held } else { !set.is_empty() });
            prop_assert_eq!(statistics.may_hold_code(Field::State, &set), !set.is_empty());
        }

        #[test]
        fn damaged_statistics_are_refused_or_read(
            (times, codes, _) in some(),
            at in 0_usize..STEP,
            flip in 1_u8..=255,
            cut in 0_usize..STEP,
        ) {
            let statistics = BlockStatistics::of_times(&times).unwrap();
            let statistics = statistics.with_codes(Field::Kind, &codes).unwrap();
            let mut bytes = encoded(&statistics);
            prop_assert!(BlockStatistics::decode(&bytes[..cut]).is_err());
            bytes[at] ^= flip;
            let _ = BlockStatistics::decode(&bytes);
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert_eq!(BlockStatistics::of_times(&[]), Err(CodecError::Rows));
        let one = BlockStatistics::of_times(&[4]).unwrap();
        let one = one.with_codes(Field::Kind, &[2]).unwrap();
        assert_eq!(
            one.clone().with_codes(Field::Kind, &[2]),
            Err(CodecError::Field)
        );
        assert_eq!(
            one.clone().with_codes(Field::State, &[]),
            Err(CodecError::Rows)
        );
        assert!(!one.may_hold_time(4, 4) && !one.may_hold_time(0, 4) && !one.may_hold_time(5, 9));
        assert!(one.may_hold_time(4, 5));
        let mut longer = encoded(&one);
        longer.resize(2048, 0);
        assert_eq!(BlockStatistics::decode(&longer), Err(CodecError::Length));
    }
}
