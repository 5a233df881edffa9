//! Counts messages and distinct numbers by several lists of few groups at once, exactly.
//!
//! Each number has a word of 64 bits, which several lists share: a bit for each group of each list. Numbers come in no
//! order, so most of the time is spent waiting for memory, and a word is waited for once for all its lists. The lists
//! that do not fit in one word go to the next. Whoever has no room for the words counts each list by itself
//! (`distinct.rs`).

use std::thread;

use zeroize::Zeroizing;

use super::count::count_by;
use super::distinct::{DistinctBudget, TakenBits};
use super::{CodecError, Codes, Selection};

/// Lists of groups that are counted together, and the memory for them, which is given back at the end.
pub struct TogetherLayout {
    lists: Vec<List>,
    /// How many words a number has.
    words: usize,
    numbers: usize,
    /// For all counters.
    _taken: TakenBits,
}

/// Where the groups of a list are.
struct List {
    word: usize,
    /// The bit of its first group.
    from: u32,
    groups: u32,
}

/// Counts of one thread.
pub struct DistinctTogether {
    /// The messages of each group, for each list.
    messages: Vec<Vec<u64>>,
    /// The words of all numbers, one table after the other.
    tables: Vec<Zeroizing<Vec<u64>>>,
    /// The bits of each row of the block at hand.
    rows: Zeroizing<Vec<u64>>,
}

/// Messages and distinct numbers of each group of a list.
pub type GroupCounts = (Vec<u64>, Vec<u64>);

impl TogetherLayout {
    /// For lists of so many groups, at most 64 each, number codes below `numbers` and so many counters. `None` if a
    /// list has more groups, or if the budget has no room.
    pub fn new(
        sizes: &[u32],
        numbers: u32,
        counters: usize,
        budget: &DistinctBudget,
    ) -> Option<Self> {
        let mut used: Vec<u32> = Vec::new();
        let mut largest_first: Vec<usize> = (0..sizes.len()).collect();
        largest_first.sort_by_key(|list| std::cmp::Reverse(sizes.get(*list)));
        let mut lists: Vec<List> = Vec::with_capacity(sizes.len());
        for list in &largest_first {
            let groups = *sizes.get(*list)?;
            let word = used.iter().position(|used| used + groups <= u64::BITS);
            let word = word.unwrap_or(used.len());
            if word == used.len() {
                used.push(0);
            }
            let used = used.get_mut(word)?;
            let from = *used;
            *used += groups;
            if *used > u64::BITS {
                return None;
            }
            lists.push(List { word, from, groups });
        }
        let mut in_order: Vec<(usize, List)> = largest_first.into_iter().zip(lists).collect();
        in_order.sort_by_key(|(list, _)| *list);
        let (numbers, words) = (numbers as usize, used.len());
        let bytes = numbers.checked_mul(words * size_of::<u64>())?;
        Some(Self {
            lists: in_order.into_iter().map(|(_, list)| list).collect(),
            words,
            numbers,
            _taken: budget.take(bytes.checked_mul(counters)?)?,
        })
    }

    /// A counter, at most as many as the layout was made for.
    pub fn counter(&self) -> DistinctTogether {
        let messages = self.lists.iter().map(|list| vec![0; list.groups as usize]);
        let table = || Zeroizing::new(vec![0; self.numbers]);
        DistinctTogether {
            messages: messages.collect(),
            tables: (0..self.words).map(|_| table()).collect(),
            rows: Zeroizing::default(),
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
        if groups.len() != self.lists.len() {
            return Err(CodecError::Rows);
        }
        let most = u32::try_from(self.numbers)
            .unwrap_or(u32::MAX)
            .checked_sub(1);
        if !most.is_some_and(|most| numbers.within(0, most)) {
            return Err(CodecError::Code);
        }
        // Refuses codes that are not below the size of their list, and columns of another length.
        for (codes, messages) in groups.iter().zip(&mut counter.messages) {
            count_by(*codes, selection, messages)?;
        }
        let rows = &mut counter.rows;
        for (word, table) in counter.tables.iter_mut().enumerate() {
            rows.clear();
            rows.resize(selection.rows(), 0);
            let of_word = self.lists.iter().zip(groups);
            for (list, codes) in of_word.filter(|(list, _)| list.word == word) {
                for (row, code) in rows.iter_mut().zip(codes.as_slice()) {
                    *row |= 1_u64.wrapping_shl(list.from.wrapping_add(*code));
                }
            }
            selection.for_each_pair(numbers.as_slice(), rows, |number, bits| {
                if let Some(word) = table.get_mut(number as usize) {
                    *word |= bits;
                }
            })?;
        }
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
        let alike = |counter: &DistinctTogether| {
            let mut tables = counter.tables.iter();
            counter.tables.len() == self.words && tables.all(|table| table.len() == self.numbers)
        };
        if !counters.iter().all(alike) {
            return Err(CodecError::Rows);
        }
        let each = self.numbers.div_ceil(threads.max(1)).max(1);
        let parts = thread::scope(|scope| {
            let parts = (0..self.numbers).step_by(each).map(|from| {
                let range = from..(from + each).min(self.numbers);
                scope.spawn(move || self.count_numbers(counters, range))
            });
            // All of them are begun before the first is waited for.
            let parts: Vec<_> = parts.collect();
            let parts = parts.into_iter().map(|part| part.join());
            parts.collect::<Result<Vec<_>, _>>()
        });
        let parts = parts.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let seen = parts.iter().map(|(_, seen)| seen).sum();
        let counts = self.lists.iter().enumerate().map(|(no, list)| {
            let mut messages = vec![0; list.groups as usize];
            for counter in counters {
                let more = counter.messages.get(no).into_iter().flatten();
                for (count, more) in messages.iter_mut().zip(more) {
                    *count += more;
                }
            }
            let mut numbers = vec![0; list.groups as usize];
            for (counts, _) in &parts {
                let counts = counts.get(list.word).into_iter().flatten();
                for (count, more) in numbers.iter_mut().zip(counts.skip(list.from as usize)) {
                    *count += u64::from(*more);
                }
            }
            (messages, numbers)
        });
        Ok((counts.collect(), seen))
    }

    /// How many of these numbers have each bit of each word in any of the counters, and how many have one at all.
    fn count_numbers(
        &self,
        counters: &[DistinctTogether],
        range: std::ops::Range<usize>,
    ) -> (Vec<[u32; BITS]>, u64) {
        let mut seen = 0;
        let counts = (0..self.words).map(|word| {
            let tables = counters.iter().filter_map(|counter| {
                let table = counter.tables.get(word)?;
                table.get(range.clone())
            });
            let tables: Vec<&[u64]> = tables.collect();
            let (counts, some) = count_words(&tables);
            // Each list has every number.
            seen = some;
            counts
        });
        (counts.collect(), seen)
    }
}

/// How many numbers have each bit in any of the tables, and how many have one at all.
fn count_words(tables: &[&[u64]]) -> ([u32; BITS], u64) {
    // Neighbouring numbers use different counters, because an addition would wait for the one before.
    let mut turns = [[0_u32; BITS]; 2];
    let mut seen = 0;
    if let Some((first, others)) = tables.split_first() {
        for (at, word) in first.iter().enumerate() {
            let more = others.iter().filter_map(|other| other.get(at));
            let mut left = more.fold(*word, |all, more| all | more);
            seen += u64::from(left != 0);
            let counts = &mut turns[at % 2];
            while left != 0 {
                counts[left.trailing_zeros() as usize] += 1;
                left &= left - 1;
            }
        }
    }
    let [mut counts, more] = turns;
    for (count, more) in counts.iter_mut().zip(more) {
        *count += more;
    }
    (counts, seen)
}

const BITS: usize = u64::BITS as usize;

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
            rows in prop::collection::vec((0_u32..9, 0_u32..60, 0_u32..150, any::<bool>()), 0..400),
            cut in any::<prop::sample::Index>(),
            threads in 1_usize..4,
        ) {
            let layout = TogetherLayout::new(&[9, 60], 150, 2, &budget()).unwrap();
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
            for (list, size) in [(0, 9), (1, 60)] {
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
    fn lists_share_words_as_long_as_they_fit() {
        let layout = TogetherLayout::new(&[3, 33, 24, 7, 32], 1, 1, &budget()).unwrap();
        let places = layout.lists.iter().map(|list| (list.word, list.from));
        let expected = [(1, 32), (0, 0), (0, 33), (0, 57), (1, 0)];
        assert_eq!(places.collect::<Vec<_>>(), expected);
        assert_eq!(layout.words, 2);
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
        // A list of more groups than a word has bits.
        assert!(TogetherLayout::new(&[65], 1, 1, &budget).is_none());
    }
}
