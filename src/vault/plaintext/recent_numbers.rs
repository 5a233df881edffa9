//! Recently looked-up numbers of an operator, to notice that they are consecutive.

use zeroize::Zeroize;

use super::phone::Phone;

/// Digits, rising, each once; wiped when it goes.
#[derive(Default)]
pub struct RecentNumbers(Vec<u64>);

impl RecentNumbers {
    /// Takes in the numbers of one request, and says how long the longest run
    /// `n, n+1, …` is that one of them is part of. Order and repetition do not
    /// hide a run.
    pub fn longest_run<'p, I>(&mut self, asked: I) -> usize
    where
        I: IntoIterator<Item = &'p Phone, IntoIter: Clone>,
    {
        let asked = asked.into_iter();
        // Room for all at once: a list that grew would leave digits behind.
        let mut new: Vec<u64> = Vec::with_capacity(asked.clone().count());
        new.extend(asked.map(Phone::digits));
        new.sort_unstable();
        let mut all = Vec::with_capacity(self.0.len() + new.len());
        all.extend_from_slice(&self.0);
        all.extend_from_slice(&new);
        all.sort_unstable();
        all.dedup();
        let longest = all
            .chunk_by(|a, b| a + 1 == *b)
            .filter(|run| run.iter().any(|digits| new.binary_search(digits).is_ok()))
            .map(<[u64]>::len)
            .max();
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
        longest.unwrap_or(0)
    }
}

impl Drop for RecentNumbers {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

const KEPT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(numbers: impl IntoIterator<Item = u64>) -> Vec<Phone> {
        numbers.into_iter().map(Phone::from_digits).collect()
    }

    #[test]
    fn a_run_is_found_in_any_order_and_over_several_requests() {
        let mut recent = RecentNumbers::default();
        assert_eq!(
            recent.longest_run(&phones([447_700_900_105, 447_700_900_103])),
            1
        );
        assert_eq!(recent.longest_run(&phones([447_700_900_104])), 3);
        assert_eq!(recent.longest_run(&phones([447_700_900_150])), 1);
        assert_eq!(recent.longest_run(&phones([])), 0);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut recent = RecentNumbers::default();
        for start in 0..10 {
            let from = 447_700_900_000 + start * 10_000;
            recent.longest_run(&phones((from..from + 900 * 2).step_by(2)));
            assert!(recent.0.len() <= KEPT);
        }
    }
}
