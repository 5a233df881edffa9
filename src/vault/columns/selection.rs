//! The rows of a block that a filter keeps, one bit for each row, and the kernels that narrow it. Each kernel skips 64
//! rows at once if none of them is left.

use std::ops::Range;

use super::time_block::Distances;
use super::{CodeSet, CodecError, TimeBlock};

/// One bit for each row of a block: set if the row is selected.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Selection {
    words: Vec<u64>,
    rows: usize,
}

impl Selection {
    /// All rows of a block of `rows`.
    pub fn all(rows: usize) -> Self {
        let mut selection = Self::default();
        selection.reset(rows);
        selection
    }

    /// Selects all rows of the next block, in the same memory.
    pub fn reset(&mut self, rows: usize) {
        self.rows = rows;
        self.words.clear();
        self.words.resize(rows.div_ceil(64), u64::MAX);
        if let (Some(last), used @ 1..) = (self.words.last_mut(), rows % 64) {
            *last = (1 << used) - 1;
        }
    }

    /// Keeps the rows whose code is in `set`.
    pub fn keep_codes(&mut self, codes: &[u32], set: &CodeSet) -> Result<(), CodecError> {
        if let Some(code) = set.single() {
            return self.keep(codes, |other| other == code);
        }
        match set.small() {
            Some(bits) => self.keep(codes, |code| code < 64 && bits >> (code & 63) & 1 == 1),
            None => self.keep(codes, |code| set.contains(code)),
        }
    }

    /// Keeps the rows whose codes of two columns go together.
    pub fn keep_pairs(
        &mut self,
        first: &[u32],
        second: &[u32],
        keep: impl Fn(u32, u32) -> bool,
    ) -> Result<(), CodecError> {
        if first.len() != self.rows || second.len() != self.rows {
            return Err(CodecError::Rows);
        }
        let chunks = first.chunks(64).zip(second.chunks(64));
        for (word, (first, second)) in self.words.iter_mut().zip(chunks) {
            for (bit, (one, other)) in first.iter().zip(second).enumerate() {
                if *word >> bit & 1 == 1 && !keep(*one, *other) {
                    *word &= !(1 << bit);
                }
            }
        }
        Ok(())
    }

    /// Keeps the rows with this one code.
    pub fn keep_code(&mut self, codes: &[u32], code: u32) -> Result<(), CodecError> {
        self.keep(codes, |other| other == code)
    }

    /// Keeps the rows at or after the start of `range` and before its end.
    pub fn keep_times(&mut self, times: &TimeBlock, range: Range<i64>) -> Result<(), CodecError> {
        if range.is_empty() {
            self.words.fill(0);
            return Ok(());
        }
        match times.distances() {
            Distances::Wide(base, wide) => self.keep(wide, |distance| {
                range.contains(&base.wrapping_add(distance as i64))
            }),
            Distances::Narrow(base, narrow) => {
                // Both ends as distances, so that the scan compares `u32` only.
                let first = i128::from(range.start) - i128::from(base);
                let last = i128::from(range.end) - i128::from(base) - 1;
                let (Ok(first), Ok(last)) = (
                    u32::try_from(first.max(0)),
                    u32::try_from(last.min(i128::from(u32::MAX))),
                ) else {
                    self.words.fill(0);
                    return Ok(());
                };
                self.keep(narrow, |distance| (first..=last).contains(&distance))
            }
        }
    }

    /// Keeps the rows that are in both.
    pub fn intersect(&mut self, other: &Self) -> Result<(), CodecError> {
        if self.rows != other.rows {
            return Err(CodecError::Rows);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        Ok(())
    }

    /// The number of rows of the block, selected or not.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of selected rows.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether no row is selected.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Calls `visit` with each selected row, in order.
    pub fn for_each(&self, mut visit: impl FnMut(usize)) {
        for (at, word) in self.words.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                visit(at * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }

    /// Calls `visit` with the value of each selected row. Runs of 64 selected rows take a faster path.
    pub(super) fn for_each_of<T: Copy>(
        &self,
        values: &[T],
        mut visit: impl FnMut(T),
    ) -> Result<(), CodecError> {
        if values.len() != self.rows {
            return Err(CodecError::Rows);
        }
        for (word, values) in self.words.iter().zip(values.chunks(64)) {
            if *word == u64::MAX {
                values.iter().for_each(|value| visit(*value));
                continue;
            }
            let mut left = *word;
            while left != 0 {
                if let Some(value) = values.get(left.trailing_zeros() as usize) {
                    visit(*value);
                }
                left &= left - 1;
            }
        }
        Ok(())
    }

    /// The same with the values of two columns.
    pub(super) fn for_each_pair<A: Copy, B: Copy>(
        &self,
        first: &[A],
        second: &[B],
        mut visit: impl FnMut(A, B),
    ) -> Result<(), CodecError> {
        if first.len() != self.rows || second.len() != self.rows {
            return Err(CodecError::Rows);
        }
        let values = first.chunks(64).zip(second.chunks(64));
        for (word, (first, second)) in self.words.iter().zip(values) {
            if *word == u64::MAX {
                let both = first.iter().zip(second);
                both.for_each(|(first, second)| visit(*first, *second));
                continue;
            }
            let mut left = *word;
            while left != 0 {
                let at = left.trailing_zeros() as usize;
                if let (Some(first), Some(second)) = (first.get(at), second.get(at)) {
                    visit(*first, *second);
                }
                left &= left - 1;
            }
        }
        Ok(())
    }

    fn keep<T: Copy>(&mut self, values: &[T], test: impl Fn(T) -> bool) -> Result<(), CodecError> {
        if values.len() != self.rows {
            return Err(CodecError::Rows);
        }
        let (runs, tail) = values.as_chunks::<64>();
        let (words, last) = self.words.split_at_mut(runs.len());
        for (word, run) in words.iter_mut().zip(runs) {
            if *word != 0 {
                let mut kept = [0; 64];
                for (kept, value) in kept.iter_mut().zip(run) {
                    *kept = u8::from(test(*value));
                }
                *word &= gather(&kept);
            }
        }
        for word in last {
            for (bit, value) in tail.iter().enumerate() {
                *word &= !(u64::from(!test(*value)) << bit);
            }
        }
        Ok(())
    }
}

/// Packs 64 bytes of 0 or 1 into the bits of a word. Comparing into bytes is vector code, and one multiplication
/// gathers the lowest bits of eight bytes.
fn gather(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut word = 0;
    for (at, eight) in eights.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= bits << (8 * at);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept(selection: &Selection) -> Vec<usize> {
        let mut rows = Vec::new();
        selection.for_each(|row| rows.push(row));
        assert_eq!(rows.len(), selection.count());
        assert_eq!(rows.is_empty(), selection.is_empty());
        rows
    }

    fn rows_where<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Vec<usize> {
        (0..values.len()).filter(|row| test(values[*row])).collect()
    }

    proptest! {
        #[test]
        fn kept_codes_are_those_of_the_set(
            size in 1_u32..200,
            codes in prop::collection::vec(0_u32..220, 0..400),
            wanted in prop::collection::vec(0_u32..200, 0..6),
        ) {
            let set = CodeSet::of(size, wanted.iter().map(|code| code % size)).unwrap();
            let mut selection = Selection::all(codes.len());
            selection.keep_codes(&codes, &set).unwrap();
            prop_assert_eq!(kept(&selection), rows_where(&codes, |code| set.contains(code)));
            let mut one = Selection::all(codes.len());
            one.keep_code(&codes, 7).unwrap();
            prop_assert_eq!(kept(&one), rows_where(&codes, |code| code == 7));
            one.intersect(&selection).unwrap();
            let both = rows_where(&codes, |code| code == 7 && set.contains(code));
            prop_assert_eq!(kept(&one), both);
        }

        #[test]
        fn kept_times_are_those_of_the_range(
            times in prop_oneof![
                prop::collection::vec(-50_i64..50, 0..200),
                prop::collection::vec(any::<i64>(), 0..200),
            ],
            from in prop_oneof![-60_i64..60, any::<i64>()],
            to in prop_oneof![-60_i64..60, any::<i64>()],
        ) {
            let (mut bytes, mut block) = (Vec::new(), TimeBlock::new());
            TimeBlock::encode(&times, &mut bytes).unwrap();
            block.decode(&bytes).unwrap();
            let mut selection = Selection::all(times.len());
            selection.keep_times(&block, from..to).unwrap();
            prop_assert_eq!(kept(&selection), rows_where(&times, |t| (from..to).contains(&t)));
        }

        #[test]
        fn values_are_visited_in_the_order_of_their_rows(
            codes in prop::collection::vec(0_u32..3, 0..300),
        ) {
            let mut selection = Selection::all(codes.len());
            let mut visited = Vec::new();
            selection.for_each_of(&codes, |code| visited.push(code)).unwrap();
            prop_assert_eq!(&visited, &codes);
            selection.keep_code(&codes, 1).unwrap();
            visited.clear();
            selection.for_each_of(&codes, |code| visited.push(code)).unwrap();
            prop_assert_eq!(visited, vec![1; selection.count()]);
        }
    }

    #[test]
    fn a_selection_of_another_length_is_refused() {
        let mut selection = Selection::all(65);
        assert!(selection.keep_code(&[1; 64], 1) == Err(CodecError::Rows));
        assert!(selection.intersect(&Selection::all(64)) == Err(CodecError::Rows));
        assert!(selection.for_each_of(&[0; 66], |_| ()) == Err(CodecError::Rows));
        assert_eq!(selection.count(), 65);
        selection.reset(64);
        assert_eq!((selection.count(), selection.rows()), (64, 64));
    }
}
