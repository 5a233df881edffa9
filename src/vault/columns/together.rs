//! Counts messages and distinct numbers by several lists of groups at once, exactly.
//!
//! Each number has one row of bits, with a bit for each group of each list, so that a message touches one place in
//! memory for all lists. Numbers come in no order: with a table for each list, most of the time is spent waiting for
//! memory. The size is known beforehand; whoever has no room for it counts each list by itself (`distinct.rs`).

use std::thread;

use zeroize::Zeroizing;

use super::count::count_by;
use super::distinct::{DistinctBudget, TakenBits};
use super::{CodecError, Codes, Selection};

/// Lists of groups that are counted together, and the memory for them, which is given back at the end.
pub struct TogetherLayout {
    /// The first bit of each list, and how many groups it has.
    lists: Vec<(u32, u32)>,
    /// Words of 64 bits for each number.
    stride: usize,
    numbers: usize,
    /// For all counters.
    _taken: TakenBits,
}

/// Counts of one thread.
pub struct DistinctTogether {
    /// The messages of each group, for each list.
    messages: Vec<Vec<u64>>,
    bits: Zeroizing<Vec<u64>>,
}

/// Messages and distinct numbers of each group of a list.
pub type GroupCounts = (Vec<u64>, Vec<u64>);

impl TogetherLayout {
    /// For lists of so many groups, number codes below `numbers` and so many counters. `None` if the budget has no
    /// room for them.
    pub fn new(
        sizes: &[u32],
        numbers: u32,
        counters: usize,
        budget: &DistinctBudget,
    ) -> Option<Self> {
        let mut lists = Vec::with_capacity(sizes.len());
        let mut end = 0_u32;
        for size in sizes {
            lists.push((end, *size));
            end = end.checked_add(*size)?;
        }
        let stride = end.div_ceil(u64::BITS) as usize;
        let numbers = numbers as usize;
        let bytes = numbers.checked_mul(stride * size_of::<u64>())?;
        Some(Self {
            lists,
            stride,
            numbers,
            _taken: budget.take(bytes.checked_mul(counters)?)?,
        })
    }

    /// A counter, at most as many as the layout was made for.
    pub fn counter(&self) -> DistinctTogether {
        let messages = self.lists.iter().map(|(_, size)| vec![0; *size as usize]);
        DistinctTogether {
            messages: messages.collect(),
            bits: Zeroizing::new(vec![0; self.numbers * self.stride]),
        }
    }

    /// For each selected row, counts a message and its number in the group of the row, in each list.
    ///
    /// # Errors
    ///
    /// `Code` for a group or a number outside the layout, `Rows` if there are not as many codes as rows.
    pub fn add(
        &self,
        counter: &mut DistinctTogether,
        groups: &[Codes<'_>],
        numbers: Codes<'_>,
        selection: &Selection,
    ) -> Result<(), CodecError> {
        let rows = selection.rows();
        let short = |codes: &Codes<'_>| codes.as_slice().len() != rows;
        if groups.len() != self.lists.len() || groups.iter().any(short) || short(&numbers) {
            return Err(CodecError::Rows);
        }
        if self.numbers == 0 || !numbers.within(0, self.numbers as u32 - 1) {
            return Err(CodecError::Code);
        }
        // Refuses codes that are not below the size of their list.
        for (codes, messages) in groups.iter().zip(&mut counter.messages) {
            count_by(*codes, selection, messages)?;
        }
        let lists = self.lists.iter().zip(groups);
        let lists: Vec<(u32, &[u32])> = lists
            .map(|((from, _), codes)| (*from, codes.as_slice()))
            .collect();
        let (numbers, stride) = (numbers.as_slice(), self.stride);
        selection.for_each(|row| {
            let at = numbers.get(row).map_or(0, |number| *number as usize) * stride;
            let Some(words) = counter.bits.get_mut(at..at + stride) else {
                return;
            };
            for (from, codes) in &lists {
                let bit = from + codes.get(row).copied().unwrap_or_default();
                if let Some(word) = words.get_mut((bit / u64::BITS) as usize) {
                    *word |= 1 << (bit % u64::BITS);
                }
            }
        });
        Ok(())
    }

    /// The counts of all counters together, list by list, and how many distinct numbers there are. Works on so many
    /// threads.
    ///
    /// # Errors
    ///
    /// `Rows` if a counter is not of this layout.
    pub fn finish(
        &self,
        counters: &[DistinctTogether],
        threads: usize,
    ) -> Result<(Vec<GroupCounts>, u64), CodecError> {
        let words = self.numbers * self.stride;
        if counters.iter().any(|counter| counter.bits.len() != words) {
            return Err(CodecError::Rows);
        }
        let groups = self.lists.last().map_or(0, |(from, size)| from + size) as usize;
        let each = self.numbers.div_ceil(threads.max(1)).max(1) * self.stride.max(1);
        let parts = thread::scope(|scope| {
            let parts: Vec<_> = (0..words)
                .step_by(each)
                .map(|from| {
                    let bits = counters.iter().filter_map(move |counter| {
                        counter.bits.get(from..(from + each).min(words))
                    });
                    let bits: Vec<&[u64]> = bits.collect();
                    scope.spawn(move || count_rows(&bits, self.stride, groups))
                })
                .collect();
            let parts: Result<Vec<_>, _> = parts.into_iter().map(|part| part.join()).collect();
            parts
        });
        let parts = parts.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let seen = parts.iter().map(|(_, seen)| seen).sum();
        let counts = self.lists.iter().enumerate().map(|(list, (from, size))| {
            let mut messages = vec![0; *size as usize];
            for counter in counters {
                let more = counter.messages.get(list).into_iter().flatten();
                for (count, more) in messages.iter_mut().zip(more) {
                    *count += more;
                }
            }
            let (from, end) = (*from as usize, (*from + *size) as usize);
            let mut numbers = vec![0; *size as usize];
            for (counts, _) in &parts {
                let more = counts.get(from..end).unwrap_or_default();
                for (count, more) in numbers.iter_mut().zip(more) {
                    *count += u64::from(*more);
                }
            }
            (messages, numbers)
        });
        Ok((counts.collect(), seen))
    }
}

/// How many rows have each bit in any of the tables, and how many have one at all.
fn count_rows(tables: &[&[u64]], stride: usize, groups: usize) -> (Vec<u32>, u64) {
    // The bits of the last word that no group has are counted too, and are never set.
    let width = groups.next_multiple_of(u64::BITS as usize);
    // Neighbouring rows use different counters, because an addition would wait for the one before.
    let mut turns = [vec![0_u32; width], vec![0_u32; width]];
    let mut seen = 0;
    let Some((first, others)) = tables.split_first() else {
        return (vec![0; groups], 0);
    };
    for (row, words) in first.chunks_exact(stride.max(1)).enumerate() {
        let counts = &mut turns[row % 2];
        let mut any = 0;
        for (at, (word, counts)) in words.iter().zip(counts.as_chunks_mut::<64>().0).enumerate() {
            let more = others
                .iter()
                .filter_map(|other| other.get(row * stride + at));
            let mut left = more.fold(*word, |all, more| all | more);
            any |= left;
            while left != 0 {
                counts[left.trailing_zeros() as usize] += 1;
                left &= left - 1;
            }
        }
        seen += u64::from(any != 0);
    }
    let [mut counts, more] = turns;
    for (count, more) in counts.iter_mut().zip(more) {
        *count += more;
    }
    counts.truncate(groups);
    (counts, seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn budget() -> DistinctBudget {
        DistinctBudget::of(1 << 20)
    }

    proptest! {
        #[test]
        fn distinct_numbers_are_those_of_plain_sets_in_each_list(
            rows in prop::collection::vec((0_u32..9, 0_u32..70, 0_u32..150, any::<bool>()), 0..400),
            cut in any::<prop::sample::Index>(),
            threads in 1_usize..4,
        ) {
            let layout = TogetherLayout::new(&[9, 70], 150, 2, &budget()).unwrap();
            let cut = cut.index(rows.len() + 1);
            let mut counters = Vec::new();
            for rows in [&rows[..cut], &rows[cut..]] {
                let of = |pick: fn(&(u32, u32, u32, bool)) -> u32| -> Vec<u32> {
                    rows.iter().map(pick).collect()
                };
                let (a, b, numbers) = (of(|row| row.0), of(|row| row.1), of(|row| row.2));
                let mut selection = Selection::all(rows.len());
                selection.keep_code(&of(|row| u32::from(row.3)), 1).unwrap();
                let mut counter = layout.counter();
                let groups = [Codes::of(&a), Codes::of(&b)];
                layout.add(&mut counter, &groups, Codes::of(&numbers), &selection).unwrap();
                counters.push(counter);
            }
            let (counts, seen) = layout.finish(&counters, threads).unwrap();
            let kept = || rows.iter().filter(|row| row.3);
            let all: HashSet<u32> = kept().map(|row| row.2).collect();
            prop_assert_eq!(seen, all.len() as u64);
            for (list, size) in [(0, 9), (1, 70)] {
                let (messages, numbers) = &counts[list];
                prop_assert_eq!((messages.len(), numbers.len()), (size, size));
                for group in 0..size as u32 {
                    let of_group = |row: &&(u32, u32, u32, bool)| [row.0, row.1][list] == group;
                    let of_group: Vec<u32> = kept().filter(of_group).map(|row| row.2).collect();
                    let distinct: HashSet<u32> = of_group.iter().copied().collect();
                    prop_assert_eq!(messages[group as usize], of_group.len() as u64);
                    prop_assert_eq!(numbers[group as usize], distinct.len() as u64);
                }
            }
        }
    }

    #[test]
    fn codes_outside_and_counters_of_another_layout_are_refused() {
        let layout = TogetherLayout::new(&[2, 3], 10, 1, &budget()).unwrap();
        let all = Selection::all(1);
        let add = |a: u32, b: u32, number: u32| {
            let (a, b, numbers) = ([a], [b], [number]);
            let groups = [Codes::of(&a), Codes::of(&b)];
            layout.add(&mut layout.counter(), &groups, Codes::of(&numbers), &all)
        };
        assert_eq!(add(1, 2, 9), Ok(()));
        for (a, b, number) in [(2, 0, 0), (0, 3, 0), (0, 0, 10)] {
            assert_eq!(add(a, b, number), Err(CodecError::Code));
        }
        let one = [0];
        let alone = layout.add(
            &mut layout.counter(),
            &[Codes::of(&one)],
            Codes::of(&one),
            &all,
        );
        assert_eq!(alone, Err(CodecError::Rows));
        let other = TogetherLayout::new(&[2], 11, 1, &budget()).unwrap();
        assert!(matches!(
            layout.finish(&[other.counter()], 1),
            Err(CodecError::Rows)
        ));
    }

    #[test]
    fn memory_is_taken_from_the_budget_and_given_back() {
        let budget = DistinctBudget::of(2 * 8 * 10);
        // Half of the budget is for bits: ten words, once.
        let layout = TogetherLayout::new(&[64], 10, 1, &budget);
        assert!(layout.is_some());
        assert!(TogetherLayout::new(&[1], 1, 1, &budget).is_none());
        drop(layout);
        assert!(TogetherLayout::new(&[64], 5, 2, &budget).is_some());
        assert!(TogetherLayout::new(&[64], 11, 1, &budget).is_none());
    }
}
