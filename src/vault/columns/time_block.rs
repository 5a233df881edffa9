//! The plaintext of a block of times, in seconds. The layout is that of `code_block`.
//!
//! Times are stored as distances from the earliest one. Distances of up to 32 bits (136 years) are packed, decoded and
//! compared as `u32`, which takes half the memory. A log with a stray date far away uses 64 bits and is exact too.

use zeroize::Zeroizing;

use super::CodecError;
use super::code_block::{BLOCK_ROWS, Header, TIMES};
use super::pack::{pack_codes, pack_offsets, unpack_codes, unpack_offsets};

/// A decoded block of times. The buffers are reused for one block after the other, and wiped on drop.
#[derive(Default)]
pub struct TimeBlock {
    base: i64,
    narrow: Zeroizing<Vec<u32>>,
    wide: Zeroizing<Vec<u64>>,
}

/// The times of a block as they are stored: a base, and the distance of each time from it.
pub enum Distances<'a> {
    /// Base and distances, for blocks whose distances all fit 32 bits.
    Narrow(i64, &'a [u32]),
    /// Base and distances, for blocks with a distance of more than 32 bits.
    Wide(i64, &'a [u64]),
}

impl TimeBlock {
    /// An empty block.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the contents of `out` by the plaintext of up to [`BLOCK_ROWS`] times.
    pub fn encode(seconds: &[i64], out: &mut Vec<u8>) -> Result<(), CodecError> {
        let base = seconds.iter().copied().min().unwrap_or(0);
        let latest = seconds.iter().copied().max().unwrap_or(0);
        let width = (u64::BITS - latest.abs_diff(base).leading_zeros()) as u8;
        let header = Header {
            kind: TIMES,
            width,
            rows: seconds.len(),
            base,
        };
        header.write(out)?;
        if width <= 32 {
            let distances: Vec<u32> = seconds.iter().map(|t| t.abs_diff(base) as u32).collect();
            pack_codes(&distances, 0, width, out)?;
        } else {
            let distances: Vec<u64> = seconds.iter().map(|t| t.abs_diff(base)).collect();
            pack_offsets(&distances, 0, width, out)?;
        }
        out.resize(header.block_len(), 0);
        Ok(())
    }

    /// Replaces the times by those of `bytes`. After an error the block is empty.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let read = self.read(bytes);
        if read.is_err() {
            self.narrow.clear();
            self.wide.clear();
        }
        read
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.narrow.len().max(self.wide.len())
    }

    /// The time of a row, in seconds since 1970.
    pub fn get(&self, row: usize) -> Option<i64> {
        let distance = match self.distances() {
            Distances::Narrow(_, narrow) => narrow.get(row).map(|d| i64::from(*d)),
            Distances::Wide(_, wide) => wide.get(row).map(|d| *d as i64),
        };
        distance.map(|distance| self.base.wrapping_add(distance))
    }

    /// All times in the order of the rows, in seconds since 1970.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        let narrow = self.narrow.iter().map(|d| i64::from(*d));
        let wide = self.wide.iter().map(|d| *d as i64);
        narrow.chain(wide).map(|d| self.base.wrapping_add(d))
    }

    /// The times as they are stored, for kernels that compare them without decoding.
    pub fn distances(&self) -> Distances<'_> {
        if self.wide.is_empty() {
            Distances::Narrow(self.base, &self.narrow)
        } else {
            Distances::Wide(self.base, &self.wide)
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), CodecError> {
        let (header, packed) = Header::read(bytes, TIMES)?;
        self.base = header.base;
        if header.width <= 32 {
            self.wide.clear();
            unpack_codes(packed, 0, header.width, BLOCK_ROWS, &mut self.narrow)?;
            self.narrow.truncate(header.rows);
        } else {
            self.narrow.clear();
            unpack_offsets(packed, 0, header.width, BLOCK_ROWS, &mut self.wide)?;
            self.wide.truncate(header.rows);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn times_round_trip(
            base in any::<i64>(),
            shift in 0_u32..64,
            distances in prop::collection::vec(any::<u64>(), 0..3000),
        ) {
            let times: Vec<i64> = distances
                .iter()
                .map(|d| base.saturating_add_unsigned(d >> shift))
                .collect();
            let (mut bytes, mut block) = (Vec::new(), TimeBlock::new());
            TimeBlock::encode(&times, &mut bytes).unwrap();
            block.decode(&bytes).unwrap();
            prop_assert_eq!(block.rows(), times.len());
            prop_assert!(block.iter().eq(times.iter().copied()));
            prop_assert!((0..times.len()).all(|row| block.get(row) == Some(times[row])));
            prop_assert_eq!(block.get(times.len()), None);
        }

        #[test]
        fn damaged_times_are_refused_or_read_within_bounds(
            at in 0_usize..200,
            flip in 1_u8..=255,
            cut in 0_usize..2000,
        ) {
            let mut bytes = Vec::new();
            TimeBlock::encode(&[-5, 70_000, 1 << 40], &mut bytes).unwrap();
            let mut block = TimeBlock::new();
            prop_assert!(block.decode(&bytes[..cut]).is_err());
            bytes[at] ^= flip;
            let _ = block.decode(&bytes);
            prop_assert!(block.rows() <= BLOCK_ROWS);
            prop_assert_eq!(block.iter().count(), block.rows());
        }
    }

    #[test]
    fn narrow_and_wide_blocks_follow_each_other_in_one_buffer() {
        let (mut bytes, mut block) = (Vec::new(), TimeBlock::new());
        for times in [
            vec![i64::MIN, i64::MAX, 0],
            vec![1_711_060_489, 1_711_060_490],
            vec![],
            vec![0, 1 << 33],
        ] {
            TimeBlock::encode(&times, &mut bytes).unwrap();
            block.decode(&bytes).unwrap();
            assert!(block.iter().eq(times.iter().copied()));
        }
    }
}
