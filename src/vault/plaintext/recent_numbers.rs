//! The numbers that an operator asked about recently, to detect runs of consecutive numbers.

use zeroize::Zeroize;

use super::phone::Phone;

/// What the numbers of a question have in common, with those before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandsOut {
    /// The length of the longest run `n, n+1, …` that one of them is part of.
    pub run: usize,
    /// The most that differ in their last four digits only, one of them among these.
    pub range: usize,
}

/// Digits, rising, each once; wiped when it goes.
#[derive(Default)]
pub struct RecentNumbers(Vec<u64>);

impl RecentNumbers {
    /// Takes in the numbers of one request, and says what stands out among them and those
    /// before. Order and repetition hide nothing.
    pub fn take<'p, I>(&mut self, asked: I) -> StandsOut
    where
        I: IntoIterator<Item = &'p Phone, IntoIter: Clone>,
    {
        let asked = asked.into_iter();
        // Allocated at its full size, because a growing list would leave digits in freed memory.
        let mut new: Vec<u64> = Vec::with_capacity(asked.clone().count());
        new.extend(asked.map(Phone::digits));
        new.sort_unstable();
        let mut all = Vec::with_capacity(self.0.len() + new.len());
        all.extend_from_slice(&self.0);
        all.extend_from_slice(&new);
        all.sort_unstable();
        all.dedup();
        let is_new = |some: &[u64]| some.iter().any(|digits| new.binary_search(digits).is_ok());
        let longest = |chunks: &mut dyn Iterator<Item = &[u64]>| {
            let asked = chunks.filter(|chunk| is_new(chunk));
            asked.map(<[u64]>::len).max().unwrap_or(0)
        };
        let stands_out = StandsOut {
            run: longest(&mut all.chunk_by(|a, b| a + 1 == *b)),
            range: longest(&mut all.chunk_by(|a, b| a / RANGE == b / RANGE)),
        };
        // What is kept is bounded: the newest, as far as there is room.
        self.0.zeroize();
        self.0.clear();
        if new.len() < KEPT {
            std::mem::swap(&mut self.0, &mut all);
            if self.0.len() > KEPT {
                self.0.zeroize();
                self.0.clear();
                self.0.extend_from_slice(&new);
            }
        } else {
            self.0
                .extend_from_slice(new.get(new.len() - KEPT..).unwrap_or_default());
        }
        all.zeroize();
        new.zeroize();
        stands_out
    }
}

impl Drop for RecentNumbers {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

const KEPT: usize = 1024;
const RANGE: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(numbers: impl IntoIterator<Item = u64>) -> Vec<Phone> {
        numbers.into_iter().map(Phone::from_digits).collect()
    }

    #[test]
    fn a_run_is_found_in_any_order_and_over_several_requests() {
        let mut recent = RecentNumbers::default();
        let mut run = |numbers: &[u64]| recent.take(&phones(numbers.iter().copied())).run;
        assert_eq!(run(&[447_700_900_105, 447_700_900_103]), 1);
        assert_eq!(run(&[447_700_900_104]), 3);
        assert_eq!(run(&[447_700_900_150]), 1);
        assert_eq!(run(&[]), 0);
    }

    #[test]
    fn a_sampled_range_is_found_however_its_numbers_are_spread() {
        let mut recent = RecentNumbers::default();
        let first = phones((0..12).map(|no| 447_700_900_000 + no * 797));
        assert_eq!(recent.take(&first), StandsOut { run: 1, range: 12 });
        let second = phones((0..12).map(|no| 447_700_900_400 + no * 797));
        assert_eq!(recent.take(&second), StandsOut { run: 1, range: 24 });
        let elsewhere = phones([12_025_550_142]);
        assert_eq!(recent.take(&elsewhere), StandsOut { run: 1, range: 1 });
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut recent = RecentNumbers::default();
        for start in 0..10 {
            let from = 447_700_900_000 + start * 10_000;
            recent.take(&phones((from..from + 900 * 2).step_by(2)));
            assert!(recent.0.len() <= KEPT);
        }
    }
}
