//! Distinct numbers by group, exact.
//!
//! Most numbers are in one group only (one country, one state), so the first group of
//! each number is kept beside it: that is small and near. Further groups of a number
//! are bits, one vector for a group, while all vectors stay within a budget; beyond
//! it they are pairs, sorted and thinned now and then. All give the same answer.

use super::{CodecError, Selection};

/// All bit vectors of one counter together.
const BITS_BUDGET: usize = 256 << 20;

/// Pairs kept before they are thinned for the first time.
const PAIRS: usize = 1 << 22;

const NONE: u32 = u32::MAX;

pub struct DistinctByGroup {
    /// The first group seen of each number.
    first: Vec<u32>,
    stride: usize,
    budget: usize,
    /// Which bit vector a group has.
    slots: Vec<u32>,
    bits: Vec<u64>,
    /// Group in the upper half, number in the lower.
    pairs: Vec<u64>,
    thin_at: usize,
}

impl DistinctByGroup {
    /// For group codes below `groups` and number codes below `numbers`.
    pub fn new(groups: u32, numbers: u32) -> Self {
        Self::with_budget(groups, numbers, BITS_BUDGET)
    }

    fn with_budget(groups: u32, numbers: u32, bytes: usize) -> Self {
        Self {
            first: vec![NONE; numbers as usize],
            stride: (numbers as usize).div_ceil(64),
            budget: bytes / 8,
            slots: vec![NONE; groups as usize],
            bits: Vec::new(),
            pairs: Vec::new(),
            thin_at: PAIRS,
        }
    }

    /// Notes the number of each row kept in the group of that row.
    pub fn add(
        &mut self,
        groups: &[u32],
        numbers: &[u32],
        selection: &Selection,
    ) -> Result<(), CodecError> {
        let rows = selection.rows();
        if groups.len() != rows || numbers.len() != rows {
            return Err(CodecError::Rows);
        }
        let mut known = true;
        selection.for_each(|row| {
            if let (Some(group), Some(number)) = (groups.get(row), numbers.get(row)) {
                known &= self.note(*group, *number);
            }
        });
        if self.pairs.len() >= self.thin_at {
            self.thin();
        }
        if known { Ok(()) } else { Err(CodecError::Code) }
    }

    /// Takes in what another counter of the same groups and numbers has seen.
    pub fn merge(&mut self, other: &Self) -> Result<(), CodecError> {
        if self.slots.len() != other.slots.len() || self.first.len() != other.first.len() {
            return Err(CodecError::Rows);
        }
        for (number, group) in other.first.iter().enumerate() {
            if *group != NONE {
                self.note(*group, number as u32);
            }
        }
        for (group, slot) in other.slots.iter().enumerate() {
            if *slot == NONE {
                continue;
            }
            let theirs = other.vector(*slot);
            if let Some(at) = self.vector_of(group) {
                for (word, other) in self.bits[at..at + self.stride].iter_mut().zip(theirs) {
                    *word |= other;
                }
            } else {
                for (at, word) in theirs.iter().enumerate() {
                    let mut left = *word;
                    while left != 0 {
                        let number = at as u64 * 64 + u64::from(left.trailing_zeros());
                        self.pairs.push((group as u64) << 32 | number);
                        left &= left - 1;
                    }
                }
            }
        }
        self.pairs.extend_from_slice(&other.pairs);
        self.thin();
        Ok(())
    }

    /// How many distinct numbers each group has.
    pub fn finish(mut self) -> Vec<u64> {
        self.thin();
        let mut counts = vec![0; self.slots.len()];
        for (number, group) in self.first.iter().enumerate() {
            match self.slots.get(*group as usize) {
                None => (),
                Some(&NONE) => counts[*group as usize] += 1,
                Some(slot) => set(&mut self.bits, *slot as usize * self.stride, number),
            }
        }
        for (count, slot) in counts.iter_mut().zip(&self.slots) {
            if *slot != NONE {
                let words = self.vector(*slot).iter();
                *count = words.map(|word| u64::from(word.count_ones())).sum();
            }
        }
        for pair in &self.pairs {
            counts[(pair >> 32) as usize] += 1;
        }
        counts
    }

    #[inline]
    fn note(&mut self, group: u32, number: u32) -> bool {
        if group as usize >= self.slots.len() {
            return false;
        }
        let Some(first) = self.first.get_mut(number as usize) else {
            return false;
        };
        if *first == NONE {
            *first = group;
        } else if *first != group {
            self.note_further(group, number);
        }
        true
    }

    fn note_further(&mut self, group: u32, number: u32) {
        match self.vector_of(group as usize) {
            Some(at) => set(&mut self.bits, at, number as usize),
            None => self.pairs.push(u64::from(group) << 32 | u64::from(number)),
        }
    }

    /// Where the group's bits begin; made now if there is room for them.
    #[inline]
    fn vector_of(&mut self, group: usize) -> Option<usize> {
        match self.slots[group] {
            NONE => self.make_vector(group),
            slot => Some(slot as usize * self.stride),
        }
    }

    #[cold]
    fn make_vector(&mut self, group: usize) -> Option<usize> {
        let at = self.bits.len();
        if self.stride == 0 || at + self.stride > self.budget {
            return None;
        }
        self.slots[group] = (at / self.stride) as u32;
        self.bits.resize(at + self.stride, 0);
        Some(at)
    }

    fn vector(&self, slot: u32) -> &[u64] {
        let at = slot as usize * self.stride;
        &self.bits[at..at + self.stride]
    }

    /// Keeps every pair once, and none that stands elsewhere: merged pairs may be of a
    /// group that has bits here, or be the first of their number.
    fn thin(&mut self) {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.retain(|pair| {
            let (group, number) = ((pair >> 32) as u32, (pair & u64::from(NONE)) as usize);
            let slot = self.slots[group as usize];
            if slot != NONE {
                set(&mut self.bits, slot as usize * self.stride, number);
            }
            slot == NONE && self.first[number] != group
        });
        pairs.sort_unstable();
        pairs.dedup();
        self.thin_at = (pairs.len() * 2).max(PAIRS);
        self.pairs = pairs;
    }
}

fn set(bits: &mut [u64], from: usize, number: usize) {
    bits[from + number / 64] |= 1 << (number % 64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn distinct_numbers_are_those_of_plain_sets_for_any_budget_and_split(
            rows in prop::collection::vec((0_u32..9, 0_u32..150, any::<bool>()), 0..400),
            budgets in (0_usize..300, 0_usize..300),
            cut in any::<prop::sample::Index>(),
        ) {
            let cut = cut.index(rows.len() + 1);
            let mut first = DistinctByGroup::with_budget(9, 150, budgets.0);
            let mut second = DistinctByGroup::with_budget(9, 150, budgets.1);
            for (counter, rows) in [(&mut first, &rows[..cut]), (&mut second, &rows[cut..])] {
                let groups: Vec<u32> = rows.iter().map(|row| row.0).collect();
                let numbers: Vec<u32> = rows.iter().map(|row| row.1).collect();
                let kept: Vec<u32> = rows.iter().map(|row| u32::from(row.2)).collect();
                let mut selection = Selection::all(rows.len());
                selection.keep_code(&kept, 1).unwrap();
                counter.add(&groups, &numbers, &selection).unwrap();
            }
            first.merge(&second).unwrap();
            let mut plain = vec![HashSet::new(); 9];
            for row in rows.iter().filter(|row| row.2) {
                plain[row.0 as usize].insert(row.1);
            }
            let plain: Vec<u64> = plain.iter().map(|set| set.len() as u64).collect();
            prop_assert_eq!(first.finish(), plain);
        }
    }

    #[test]
    fn groups_and_numbers_outside_are_refused() {
        let mut counter = DistinctByGroup::new(2, 10);
        let all = Selection::all(1);
        assert_eq!(counter.add(&[2], &[0], &all), Err(CodecError::Code));
        assert_eq!(counter.add(&[0], &[10], &all), Err(CodecError::Code));
        assert_eq!(counter.add(&[0, 1], &[1], &all), Err(CodecError::Rows));
        let other = DistinctByGroup::new(3, 10);
        assert_eq!(counter.merge(&other), Err(CodecError::Rows));
        assert_eq!(counter.finish(), [0, 0]);
    }
}
