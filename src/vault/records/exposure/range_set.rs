//! A set of numbers of one range of the subject index: a bit for each number.

use crate::vault::columns::RANGE_NUMBERS;

const WORDS: usize = RANGE_NUMBERS as usize / 64;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct RangeSet([u64; WORDS]);

impl RangeSet {
    pub(super) fn new() -> Self {
        Self([0; WORDS])
    }

    /// Adds a number of the case.
    pub(super) fn insert(&mut self, number: u32) {
        let at = number % RANGE_NUMBERS;
        if let Some(word) = self.0.get_mut(at as usize / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many numbers are in this set and not in the other.
    pub(super) fn count_without(&self, other: &Self) -> u64 {
        let words = self.0.iter().zip(&other.0);
        words
            .map(|(word, less)| u64::from((word & !less).count_ones()))
            .sum()
    }

    /// Calls `with` for each number that is in this set and not in the other, in ascending order.
    pub(super) fn for_each_without(&self, other: &Self, range: u32, mut with: impl FnMut(u32)) {
        for ((at, word), less) in (0..).zip(self.0).zip(&other.0) {
            let mut left = word & !less;
            while left != 0 {
                with(range * RANGE_NUMBERS + at * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_counted_beside_each_other() {
        let (mut one, mut other) = (RangeSet::new(), RangeSet::new());
        for number in [4096, 4097, 4160, 8191] {
            one.insert(number);
        }
        other.insert(4097);
        other.insert(5000);
        assert_eq!((one.count(), one.count_without(&other)), (4, 3));
        let mut left = Vec::new();
        one.for_each_without(&other, 1, |number| left.push(number));
        assert_eq!(left, [4096, 4160, 8191]);
        one.add(&other);
        assert_eq!(one.count(), 5);
    }
}
