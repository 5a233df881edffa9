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
        new.dedup();
        let mut all = merged(&self.0, &new);
        let stands_out = StandsOut {
            run: longest(&all, &new, |a, b| a + 1 == b),
            range: longest(&all, &new, |a, b| a / RANGE == b / RANGE),
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

/// Two rising lists as one, each number once.
fn merged(old: &[u64], new: &[u64]) -> Vec<u64> {
    let mut all = Vec::with_capacity(old.len() + new.len());
    let (mut old, mut new) = (old, new);
    while let (Some((a, old_rest)), Some((b, new_rest))) = (old.split_first(), new.split_first()) {
        all.push(*a.min(b));
        if a <= b {
            old = old_rest;
        }
        if b <= a {
            new = new_rest;
        }
    }
    all.extend_from_slice(old);
    all.extend_from_slice(new);
    all
}

/// The longest stretch of `all`, each number `next_to` the one before it, that has one of `new`.
fn longest(all: &[u64], new: &[u64], next_to: impl Fn(u64, u64) -> bool) -> usize {
    let (mut longest, mut done) = (0, 0);
    for digits in new {
        let Ok(at) = all.binary_search(digits) else {
            continue;
        };
        // It is part of a stretch that was measured.
        if at < done {
            continue;
        }
        let (before, after) = all.split_at(at);
        let joined = |pair: &&[u64]| matches!(pair, [a, b] if next_to(*a, *b));
        let right = after.windows(2).take_while(joined).count();
        let left = match before.last() {
            Some(last) if next_to(*last, *digits) => {
                1 + before.windows(2).rev().take_while(joined).count()
            }
            _ => 0,
        };
        done = at + right + 1;
        longest = longest.max(left + 1 + right);
    }
    longest
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
