//! Which messages are in the blocks of one position: a short print of each, by which a later admission finds those that
//! it may have again.
//!
//! A print has 38 bits. Its first 16 bits are its bucket. Layout: rows `u32`; the last 22 bits of each print, bucket
//! after bucket, four of them in eleven bytes, lowest bits first; then the buckets as bits, lowest first: for each
//! bucket a one for each of its prints and a zero. All parts have the length of a full one, so the length tells
//! nothing.
//!
//! Only the answer "no" is certain. The prints of a bucket have no order.

use super::code_block::BLOCK_ROWS;
use super::{CodecError, padding};

/// The bits of a print.
pub const PRINT_BITS: u32 = 38;

/// The last bits of a print, which are stored as they are.
pub const LOW_BITS: u32 = 22;
const BUCKETS: usize = 1 << (PRINT_BITS - LOW_BITS);

const HEADER: usize = 4;
/// So many of them are packed together, in so many bytes.
const GROUP: usize = 4;
const GROUP_BYTES: usize = GROUP * LOW_BITS as usize / 8;
const LOW_BYTES: usize = BLOCK_ROWS / GROUP * GROUP_BYTES;
/// Bits of the buckets: a one for each print and a zero for each bucket.
const MARKS: usize = BLOCK_ROWS + BUCKETS;
const WORDS: usize = MARKS / 64;
const LENGTH: usize = HEADER + LOW_BYTES + MARKS / 8;

/// Words of the marks that are searched one after the other.
const STEP: usize = 8;
/// Buckets that are so near are reached without a search.
const NEAR: usize = 48;

/// The prints of a block, still packed. Without the key of the case they say nothing, so they are not wiped.
pub struct SeenBlock {
    plain: Vec<u8>,
    /// For each [`STEP`] words of the marks, how many zeros are before them.
    zeros: Vec<u32>,
}

/// A place in a block, from which its prints are read bucket by bucket.
#[derive(Clone, Copy, Default)]
pub struct SeenPlace {
    /// The position among the marks.
    mark: usize,
    /// How many prints are before it.
    print: usize,
}

/// The marks of a block from a print on.
struct Marks {
    /// The word they are in, and those of it that are left.
    at: usize,
    left: u64,
    /// The print of the first that is left.
    print: usize,
}

impl SeenBlock {
    /// Replaces `out` by the plaintext for the prints of a block. There must be at most 65,536, of 38 bits.
    pub fn encode(prints: &[u64], out: &mut Vec<u8>) -> Result<(), CodecError> {
        if prints.len() > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let mut ends = vec![0_u32; BUCKETS + 1];
        for print in prints {
            let bucket = bucket_of(*print);
            *ends.get_mut(bucket + 1).ok_or(CodecError::TooWide)? += 1;
        }
        let mut before = 0;
        for end in &mut ends {
            before += *end;
            *end = before;
        }
        // `ends[bucket]` is where the next print of the bucket goes; in the end it is where the bucket ends.
        let mut low = vec![0_u32; prints.len().next_multiple_of(GROUP)];
        for print in prints {
            let end = &mut ends[bucket_of(*print)];
            low[*end as usize] = (*print & ((1 << LOW_BITS) - 1)) as u32;
            *end += 1;
        }
        out.clear();
        out.extend_from_slice(&(prints.len() as u32).to_le_bytes());
        out.resize(LENGTH, 0);
        let packed = out[HEADER..HEADER + LOW_BYTES]
            .as_chunks_mut::<GROUP_BYTES>()
            .0;
        for (packed, group) in packed.iter_mut().zip(low.as_chunks::<GROUP>().0) {
            let mut all = 0_u128;
            for low in group.iter().rev() {
                all = all << LOW_BITS | u128::from(*low);
            }
            packed.copy_from_slice(&all.to_le_bytes()[..GROUP_BYTES]);
        }
        let marks = &mut out[HEADER + LOW_BYTES..];
        let (mut bucket, mut print) = (0, 0);
        while print < prints.len() {
            while ends[bucket] as usize <= print {
                bucket += 1;
            }
            let mark = bucket + print;
            marks[mark / 8] |= 1 << (mark % 8);
            print += 1;
        }
        Ok(())
    }

    /// Checks the length, and that there are as many marks as prints.
    pub fn read(plain: Vec<u8>) -> Result<Self, CodecError> {
        if plain.len() != LENGTH {
            return Err(CodecError::Length);
        }
        let mut block = Self {
            plain,
            zeros: Vec::with_capacity(WORDS / STEP),
        };
        let (mut marked, mut last) = (0, 0);
        for at in 0..WORDS {
            let word = block.word(at);
            if at % STEP == 0 {
                block.zeros.push((64 * at - marked) as u32);
            }
            marked += word.count_ones() as usize;
            if word != 0 {
                last = 64 * at + 63 - word.leading_zeros() as usize;
            }
        }
        if marked != block.rows() || marked > BLOCK_ROWS {
            return Err(CodecError::Rows);
        }
        let used = HEADER + (marked * LOW_BITS as usize).div_ceil(8);
        padding::check(&block.plain[used..HEADER + LOW_BYTES])?;
        // As many zeros come before a mark as its bucket says.
        match marked > 0 && last + 1 - marked >= BUCKETS {
            true => Err(CodecError::Position),
            false => Ok(block),
        }
    }

    /// How many prints there are.
    pub fn rows(&self) -> usize {
        self.plain
            .first_chunk()
            .map_or(0, |count| u32::from_le_bytes(*count) as usize)
    }

    /// Goes on to the first print at or above the bucket of `print`.
    pub fn skip_to(&self, place: &mut SeenPlace, print: u64) {
        let bucket = bucket_of(print);
        let zeros = place.mark - place.print;
        if bucket <= zeros {
            return;
        }
        let mut left = bucket - zeros;
        let (mut at, mut from) = (place.mark / 64, u64::MAX << (place.mark % 64));
        if left > NEAR {
            let step = self
                .zeros
                .partition_point(|zeros| (*zeros as usize) < bucket);
            let step = step.saturating_sub(1);
            let before = self.zeros.get(step).map_or(0, |zeros| *zeros as usize);
            (at, from, left) = (step * STEP, u64::MAX, bucket - before);
        }
        while at < WORDS {
            let zeros = !self.word(at) & from;
            let count = zeros.count_ones() as usize;
            if count >= left {
                let mut rest = zeros;
                for _ in 1..left {
                    rest &= rest - 1;
                }
                let mark = 64 * at + rest.trailing_zeros() as usize + 1;
                let print = mark - bucket;
                *place = SeenPlace { mark, print };
                return;
            }
            left -= count;
            (at, from) = (at + 1, u64::MAX);
        }
        let print = self.rows();
        *place = SeenPlace { mark: MARKS, print };
    }

    /// Gives the prints from the place on that are in a bucket below that of `end`, and moves the place behind them.
    #[inline]
    pub fn each_below(&self, place: &mut SeenPlace, end: u64, mut with: impl FnMut(u64)) {
        let end = bucket_of(end);
        let (mut at, mut print) = (place.mark / 64, place.print);
        let mut from = u64::MAX << (place.mark % 64);
        while at < WORDS {
            let mut marks = self.word(at) & from;
            while marks != 0 {
                let mark = 64 * at + marks.trailing_zeros() as usize;
                let bucket = mark - print;
                if bucket >= end {
                    *place = SeenPlace { mark, print };
                    return;
                }
                with((bucket as u64) << LOW_BITS | self.low(print));
                print += 1;
                marks &= marks - 1;
            }
            (at, from) = (at + 1, u64::MAX);
        }
        *place = SeenPlace { mark: MARKS, print };
    }

    /// Gives the prints whose last 22 bits are `like` those that are looked for. That is faster than to give all.
    #[inline]
    pub fn each_like(&self, like: impl Fn(u64) -> bool, mut with: impl FnMut(u64)) {
        const LOW: u64 = (1 << LOW_BITS) - 1;
        let rows = self.rows();
        let low = self.plain.get(HEADER..HEADER + LOW_BYTES);
        let groups = low.unwrap_or_default().as_chunks::<GROUP_BYTES>().0;
        let mut marks = Marks {
            at: 0,
            left: self.word(0),
            print: 0,
        };
        let mut give = |print: usize, low: u64| {
            if print < rows
                && let Some(mark) = self.mark_of(print, &mut marks)
            {
                with(((mark - print) as u64) << LOW_BITS | low);
            }
        };
        for (no, group) in groups.iter().take(rows.div_ceil(GROUP)).enumerate() {
            let [a, b, c, d, e, f, g, h, i, j, k] = *group;
            let begin = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
            // The last 64 of 88 bits.
            let end = u64::from_le_bytes([d, e, f, g, h, i, j, k]);
            let lows = [begin, begin >> 22, end >> 20, end >> 42].map(|bits| bits & LOW);
            let alike = lows.map(&like);
            if alike == [false; GROUP] {
                continue;
            }
            for ((at, low), is_alike) in lows.into_iter().enumerate().zip(alike) {
                if is_alike {
                    give(GROUP * no + at, low);
                }
            }
        }
    }

    /// The position of the mark of a print. Prints are asked for in their order.
    #[inline]
    fn mark_of(&self, print: usize, marks: &mut Marks) -> Option<usize> {
        loop {
            let ones = marks.left.count_ones() as usize;
            if print < marks.print + ones {
                break;
            }
            marks.at += 1;
            if marks.at == WORDS {
                return None;
            }
            marks.print += ones;
            marks.left = self.word(marks.at);
        }
        while marks.print < print {
            marks.left &= marks.left - 1;
            marks.print += 1;
        }
        Some(64 * marks.at + marks.left.trailing_zeros() as usize)
    }

    /// Appends the positions in `asked` of those whose print is in the block. `asked` is sorted.
    pub fn find(&self, asked: &[(u64, u32)], found: &mut Vec<u32>) {
        let mut place = SeenPlace::default();
        for (print, who) in asked {
            self.skip_to(&mut place, *print);
            let mut there = false;
            let mut within = place;
            let next = *print + (1 << LOW_BITS);
            self.each_below(&mut within, next, |other| there |= other == *print);
            if there {
                found.push(*who);
            }
        }
    }

    #[inline]
    fn word(&self, at: usize) -> u64 {
        let from = HEADER + LOW_BYTES + 8 * at;
        let bytes = self.plain.get(from..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    #[inline]
    fn low(&self, print: usize) -> u64 {
        let bit = print * LOW_BITS as usize;
        let bytes = self
            .plain
            .get(HEADER + bit / 8..)
            .and_then(|bytes| bytes.first_chunk());
        let bits = bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes));
        u64::from(bits >> (bit % 8)) & ((1 << LOW_BITS) - 1)
    }
}

fn bucket_of(print: u64) -> usize {
    (print >> LOW_BITS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn plain(prints: &[u64]) -> Vec<u8> {
        let mut plain = vec![7; 9];
        SeenBlock::encode(prints, &mut plain).unwrap();
        plain
    }

    fn block(prints: &[u64]) -> SeenBlock {
        SeenBlock::read(plain(prints)).unwrap()
    }

    fn all_of(block: &SeenBlock) -> Vec<u64> {
        let (mut place, mut all) = (SeenPlace::default(), Vec::new());
        block.each_below(&mut place, 1 << PRINT_BITS, |print| all.push(print));
        all
    }

    /// Spread over all buckets, in few of them, or in one.
    fn some_prints() -> impl Strategy<Value = Vec<u64>> {
        let spread = prop_oneof![Just(0_u32), Just(9), Just(17), Just(30)];
        let prints = prop::collection::vec(0_u64..1 << PRINT_BITS, 0..400);
        (prints, spread, any::<bool>()).prop_map(|(prints, narrow, high)| {
            let top = (1 << PRINT_BITS) - 1;
            let narrowed = prints.into_iter().map(|print| print >> narrow);
            narrowed
                .map(|print| if high { top - print } else { print })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn prints_come_out_bucket_after_bucket(
            prints in some_prints(),
            cuts in prop::collection::vec(0_u64..1 << PRINT_BITS, 0..6),
        ) {
            let block = block(&prints);
            prop_assert_eq!(block.rows(), prints.len());
            let (mut all, mut sorted) = (all_of(&block), prints.clone());
            prop_assert!(all.is_sorted_by_key(|print| bucket_of(*print)));
            all.sort_unstable();
            sorted.sort_unstable();
            prop_assert_eq!(&all, &sorted);
            // In pieces, and from a place that was skipped to.
            let mut cuts = cuts;
            cuts.extend([0, 1 << PRINT_BITS]);
            cuts.sort_unstable();
            let (mut place, mut pieces) = (SeenPlace::default(), Vec::new());
            for ends in cuts.windows(2) {
                let mut there = SeenPlace::default();
                block.skip_to(&mut there, ends[0]);
                let (mut one, mut other) = (Vec::new(), Vec::new());
                block.each_below(&mut there, ends[1], |print| one.push(print));
                block.skip_to(&mut place, ends[0]);
                block.each_below(&mut place, ends[1], |print| other.push(print));
                prop_assert_eq!(&one, &other);
                pieces.append(&mut one);
            }
            pieces.sort_unstable();
            prop_assert_eq!(pieces, sorted);
            // Those of which the last bits say something.
            for few in [1, 3, 16] {
                let like = |low: u64| low.is_multiple_of(few);
                let mut given = Vec::new();
                block.each_like(like, |print| given.push(print));
                let low = |print: &u64| print & ((1 << LOW_BITS) - 1);
                let expected = all_of(&block).into_iter().filter(|print| like(low(print)));
                prop_assert_eq!(given, expected.collect::<Vec<_>>());
            }
        }

        #[test]
        fn a_print_is_found_if_it_is_there_and_not_if_it_is_not(
            prints in some_prints(),
            others in some_prints(),
        ) {
            let block = block(&prints);
            let mut asked: BTreeMap<u64, bool> = others.iter().map(|print| (*print, false)).collect();
            asked.extend(prints.iter().map(|print| (*print, true)));
            let pairs: Vec<(u64, u32)> = asked.keys().copied().zip(0..).collect();
            let mut found = Vec::new();
            block.find(&pairs, &mut found);
            let there = asked.values().zip(0_u32..).filter(|(there, _)| **there);
            prop_assert_eq!(found, there.map(|(_, who)| who).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            prints in some_prints(),
            changes in prop::collection::vec((0..LENGTH, any::<u8>()), 0..6),
        ) {
            let mut bytes = plain(&prints);
            for (place, byte) in changes {
                bytes[place] = byte;
            }
            if let Ok(block) = SeenBlock::read(bytes) {
                let all = all_of(&block);
                prop_assert_eq!(all.len(), block.rows());
                prop_assert!(all.iter().all(|print| *print < 1 << PRINT_BITS));
                let mut given = Vec::new();
                block.each_like(|_| true, |print| given.push(print));
                prop_assert_eq!(&given, &all);
                let mut found = Vec::new();
                block.find(&[(0, 1), (5 << LOW_BITS, 2), ((1 << PRINT_BITS) - 1, 3)], &mut found);
            }
        }
    }

    #[test]
    fn the_length_is_that_of_a_full_block() {
        let full: Vec<u64> = (0..BLOCK_ROWS as u64)
            .map(|row| (row << LOW_BITS) | (row % 99))
            .collect();
        let same = vec![(1 << PRINT_BITS) - 1; BLOCK_ROWS];
        for prints in [&[][..], &[5], &full, &same] {
            assert_eq!(plain(prints).len(), LENGTH);
            let mut all = all_of(&block(prints));
            all.sort_unstable();
            assert!(all == prints);
        }
        assert_eq!(LENGTH, 196_612);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut out = Vec::new();
        let many = vec![0; BLOCK_ROWS + 1];
        assert_eq!(SeenBlock::encode(&many, &mut out), Err(CodecError::Rows));
        let wide = [1 << PRINT_BITS];
        assert_eq!(SeenBlock::encode(&wide, &mut out), Err(CodecError::TooWide));
        let refused = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = plain(&[3 << LOW_BITS | 5, 3 << LOW_BITS | 9]);
            change(&mut bytes);
            SeenBlock::read(bytes).err()
        };
        assert_eq!(refused(&|_| ()), None);
        assert_eq!(
            refused(&|bytes| bytes.truncate(LENGTH - 1)),
            Some(CodecError::Length)
        );
        assert_eq!(refused(&|bytes| bytes[0] = 3), Some(CodecError::Rows));
        assert_eq!(
            refused(&|bytes| bytes[HEADER + 6] = 1),
            Some(CodecError::Padding)
        );
        assert_eq!(
            refused(&|bytes| bytes[HEADER + LOW_BYTES] = 0),
            Some(CodecError::Rows)
        );
        // As many marks, the last of them behind all buckets.
        let moved = |bytes: &mut Vec<u8>| {
            bytes[HEADER + LOW_BYTES] = 0b1000;
            bytes[LENGTH - 1] = 0x80;
        };
        assert_eq!(refused(&moved), Some(CodecError::Position));
    }
}
