//! Counts messages and distinct numbers by group, exactly.
//!
//! Most numbers are in one group only (one country, one state), so the first group of each number is stored in a small
//! array. Further groups of a number are bits, one vector for each group, while all vectors are within a budget. Beyond
//! the budget they are pairs, which are sorted and deduplicated from time to time; these are limited too, and a query
//! that needs more is refused. Where most numbers are in several of few groups (days of a month, hours), each number
//! has a bit for each group instead. All of them give the same answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zeroize::Zeroizing;

use super::{CodecError, Codes, Selection};

/// The memory that all counters of one query may use together, in addition to the first groups.
#[derive(Debug, Clone)]
pub struct DistinctBudget {
    /// Bytes of bit vectors that nobody has taken yet.
    bits: Arc<AtomicUsize>,
    /// The most bytes of the bits of one counter in which each number has all its groups.
    masks: usize,
    /// Pairs of a group and a number.
    pairs: usize,
}

impl DistinctBudget {
    /// Half of `bytes` for each.
    pub fn of(bytes: usize) -> Self {
        Self {
            bits: Arc::new(AtomicUsize::new(bytes / 2)),
            masks: bytes / MASKS,
            pairs: bytes / 2 / size_of::<u64>(),
        }
    }

    /// The budget of one of so many counters. Whoever needs bit vectors takes them, because one counter of several may
    /// need nearly all of them; the pairs are divided.
    pub fn share(&self, counters: usize) -> Self {
        Self {
            bits: Arc::clone(&self.bits),
            masks: self.masks,
            pairs: self.pairs / counters.max(1),
        }
    }

    /// The same for groups of which most numbers have one only: then bits for all groups would be slower.
    pub fn of_single_groups(self) -> Self {
        Self { masks: 0, ..self }
    }

    /// So many bytes of bits; `None` if they are not there any more.
    pub(super) fn take(&self, bytes: usize) -> Option<TakenBits> {
        let left = |left: usize| left.checked_sub(bytes);
        let taken = self
            .bits
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        taken.ok().map(|_| TakenBits {
            of: Arc::clone(&self.bits),
            bytes,
        })
    }
}

/// Bytes of a budget, which are given back when it is dropped.
pub(super) struct TakenBits {
    of: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for TakenBits {
    fn drop(&mut self) {
        self.of.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

/// The part of the memory that the bits of one counter may take, so that many charts on many threads take no more than
/// all of it.
const MASKS: usize = 64;

/// How many pairs are collected before they are deduplicated for the first time, and at least between two times.
const PAIRS: usize = 1 << 20;

/// Counts messages and distinct numbers of each group. Its memory beyond the first groups is bounded.
pub struct DistinctByGroup {
    messages: Vec<u64>,
    first: First,
    further: Further,
}

/// The first group seen of each number; or all of them.
enum First {
    /// A bit for each group, if there are few groups. Then nothing is further.
    Masks(Zeroizing<Vec<u64>>),
    /// Used if the group codes fit: half the memory means fewer cache misses.
    Narrow(Zeroizing<Vec<u16>>),
    Wide(Zeroizing<Vec<u32>>),
}

/// The groups of a number after its first.
struct Further {
    stride: usize,
    budget: DistinctBudget,
    /// Which bit vector a group has.
    slots: Vec<u32>,
    bits: Zeroizing<Vec<u64>>,
    /// What the vectors took of the budget.
    taken: Vec<TakenBits>,
    /// Group in the upper half, number in the lower.
    pairs: Zeroizing<Vec<u64>>,
    thin_at: usize,
}

impl DistinctByGroup {
    /// For group codes below `groups` and number codes below `numbers`.
    pub fn new(groups: u32, numbers: u32, budget: DistinctBudget) -> Self {
        let numbers = numbers as usize;
        let first = match groups {
            ..=u64::BITS if numbers * 8 <= budget.masks => {
                First::Masks(Zeroizing::new(vec![0; numbers]))
            }
            _ if groups < u32::from(u16::MAX) => {
                First::Narrow(Zeroizing::new(vec![u16::NONE; numbers]))
            }
            _ => First::Wide(Zeroizing::new(vec![u32::NONE; numbers])),
        };
        Self {
            messages: vec![0; groups as usize],
            first,
            further: Further {
                stride: numbers.div_ceil(64),
                budget,
                slots: vec![NONE; groups as usize],
                bits: Zeroizing::default(),
                taken: Vec::new(),
                pairs: Zeroizing::default(),
                thin_at: PAIRS,
            },
        }
    }

    /// For each selected row, counts a message and its number in the group of the row.
    pub fn add(
        &mut self,
        groups: Codes<'_>,
        numbers: Codes<'_>,
        selection: &Selection,
    ) -> Result<(), CodecError> {
        let sound = |codes: Codes<'_>, size: usize| match u32::try_from(size).unwrap_or(NONE) {
            0 => codes.as_slice().is_empty(),
            size => codes.within(0, size - 1),
        };
        if !sound(groups, self.messages.len()) || !sound(numbers, self.first.len()) {
            return Err(CodecError::Code);
        }
        let (messages, further) = (&mut self.messages, &mut self.further);
        match &mut self.first {
            First::Masks(masks) => add_to_masks(masks, messages, groups, numbers, selection)?,
            First::Narrow(first) => {
                add_rows(first, messages, further, groups, numbers, selection)?;
            }
            First::Wide(first) => add_rows(first, messages, further, groups, numbers, selection)?,
        }
        if self.further.pairs.len() >= self.further.thin_at {
            self.thin()?;
        }
        Ok(())
    }

    /// Adds the counts of another counter of the same numbers. `group` says which group here each of its groups is.
    pub fn merge(&mut self, other: &Self, group: impl Fn(u32) -> u32) -> Result<(), CodecError> {
        if self.first.len() != other.first.len() {
            return Err(CodecError::Rows);
        }
        for (theirs, messages) in (0..).zip(&other.messages) {
            if *messages > 0 {
                let ours = self.messages.get_mut(group(theirs) as usize);
                *ours.ok_or(CodecError::Code)? += messages;
            }
        }
        let same = (0..)
            .zip(&other.messages)
            .all(|(theirs, messages)| *messages == 0 || group(theirs) == theirs);
        match (&mut self.first, &other.first) {
            (First::Masks(ours), First::Masks(theirs)) => {
                merge_masks(ours, theirs, same, group);
                return Ok(());
            }
            (First::Masks(_), _) | (_, First::Masks(_)) => return Err(CodecError::Rows),
            _ => {}
        }
        let further = &mut self.further;
        let both_ways = |number: usize, group: u32| further.note(group, number as u32);
        match (&mut self.first, &other.first) {
            (First::Narrow(ours), First::Narrow(theirs)) if same => {
                take_all(ours, theirs, both_ways);
            }
            (First::Wide(ours), First::Wide(theirs)) if same => take_all(ours, theirs, both_ways),
            _ => {
                for number in 0..other.first.len() {
                    if let Some(theirs) = other.first.get(number) {
                        self.note(group(theirs), number)?;
                    }
                }
            }
        }
        for (theirs, slot) in (0..).zip(&other.further.slots) {
            if *slot == NONE {
                continue;
            }
            let words = other.further.vector(*slot);
            let ours = group(theirs);
            if self.messages.len() <= ours as usize {
                return Err(CodecError::Code);
            }
            if let Some(from) = self.further.vector_of(ours as usize) {
                let to = &mut self.further.bits[from..from + words.len()];
                match &self.first {
                    First::Masks(_) => {}
                    First::Narrow(first) => add_bits(first, to, words, ours),
                    First::Wide(first) => add_bits(first, to, words, ours),
                }
                continue;
            }
            for (at, word) in words.iter().enumerate() {
                let mut left = *word;
                while left != 0 {
                    self.note(group(theirs), at * 64 + left.trailing_zeros() as usize)?;
                    left &= left - 1;
                }
            }
        }
        for pair in other.further.pairs.iter() {
            self.note(
                group((pair >> 32) as u32),
                (pair & u64::from(NONE)) as usize,
            )?;
        }
        self.thin()
    }

    /// How many distinct numbers were counted in any group.
    pub fn seen(&self) -> u64 {
        match &self.first {
            First::Masks(masks) => masks.iter().filter(|mask| **mask != 0).count() as u64,
            First::Narrow(first) => seen_in(first),
            First::Wide(first) => seen_in(first),
        }
    }

    /// How many messages and distinct numbers each group has.
    pub fn finish(mut self) -> Result<(Vec<u64>, Vec<u64>), CodecError> {
        self.thin()?;
        let further = &self.further;
        let groups = further.slots.len();
        let mut counts = match &self.first {
            First::Masks(masks) => count_masks(masks, groups),
            First::Narrow(first) => count_each(first, groups),
            First::Wide(first) => count_each(first, groups),
        };
        for (count, slot) in counts.iter_mut().zip(&further.slots) {
            if *slot != NONE {
                let words = further.vector(*slot).iter();
                *count += words.map(|word| u64::from(word.count_ones())).sum::<u64>();
            }
        }
        for pair in further.pairs.iter() {
            counts[(pair >> 32) as usize] += 1;
        }
        Ok((self.messages, counts))
    }

    fn note(&mut self, group: u32, number: usize) -> Result<(), CodecError> {
        if group as usize >= self.messages.len() {
            return Err(CodecError::Code);
        }
        let known = match &mut self.first {
            First::Masks(masks) => masks.get_mut(number).map(|mask| {
                *mask |= 1 << group;
                true
            }),
            First::Narrow(first) => first.get_mut(number).map(|first| first.take(group)),
            First::Wide(first) => first.get_mut(number).map(|first| first.take(group)),
        };
        if !known.ok_or(CodecError::Code)? {
            self.further.note(group, number as u32);
        }
        if self.further.pairs.len() >= self.further.thin_at {
            self.thin()?;
        }
        Ok(())
    }

    /// Keeps every pair once, and no pair that is stored elsewhere: after merging, the group of a pair may have bits
    /// here, or may be the first group of its number. Neither bits nor pairs are kept for the first group of a number.
    fn thin(&mut self) -> Result<(), CodecError> {
        let (first, further) = (&self.first, &mut self.further);
        let mut pairs = std::mem::take(&mut further.pairs);
        pairs.retain(|pair| {
            let (group, number) = ((pair >> 32) as u32, (pair & u64::from(NONE)) as usize);
            if first.get(number) == Some(group) {
                return false;
            }
            let slot = further.slots[group as usize];
            if slot != NONE {
                set(&mut further.bits, slot as usize * further.stride, number);
            }
            slot == NONE
        });
        pairs.sort_unstable();
        pairs.dedup();
        if pairs.len() > further.budget.pairs {
            return Err(CodecError::TooMany);
        }
        further.thin_at = (pairs.len() * 2)
            .min(further.budget.pairs)
            .max(pairs.len() + PAIRS);
        further.pairs = pairs;
        Ok(())
    }
}

fn add_to_masks(
    masks: &mut [u64],
    messages: &mut [u64],
    groups: Codes<'_>,
    numbers: Codes<'_>,
    selection: &Selection,
) -> Result<(), CodecError> {
    selection.for_each_pair(groups.as_slice(), numbers.as_slice(), |group, number| {
        if let (Some(count), Some(mask)) = (
            messages.get_mut(group as usize),
            masks.get_mut(number as usize),
        ) {
            *count += 1;
            *mask |= 1_u64.wrapping_shl(group);
        }
    })
}

fn merge_masks(ours: &mut [u64], theirs: &[u64], same: bool, group: impl Fn(u32) -> u32) {
    for (ours, theirs) in ours.iter_mut().zip(theirs) {
        let mut left = *theirs;
        if same {
            *ours |= left;
            continue;
        }
        while left != 0 {
            *ours |= 1_u64.wrapping_shl(group(left.trailing_zeros()));
            left &= left - 1;
        }
    }
}

/// How many numbers have the bit of each group.
fn count_masks(masks: &[u64], groups: usize) -> Vec<u64> {
    let mut counts = [0_u64; u64::BITS as usize];
    for mask in masks {
        let mut left = *mask;
        while left != 0 {
            counts[left.trailing_zeros() as usize] += 1;
            left &= left - 1;
        }
    }
    counts.into_iter().take(groups).collect()
}

fn add_rows<G: Group>(
    first: &mut [G],
    messages: &mut [u64],
    further: &mut Further,
    groups: Codes<'_>,
    numbers: Codes<'_>,
    selection: &Selection,
) -> Result<(), CodecError> {
    selection.for_each_pair(groups.as_slice(), numbers.as_slice(), |group, number| {
        if let (Some(count), Some(first)) = (
            messages.get_mut(group as usize),
            first.get_mut(number as usize),
        ) {
            *count += 1;
            if !first.take(group) {
                further.note(group, number);
            }
        }
    })
}

/// Merges the first groups of another counter. `further` is called with the numbers whose first group differs, and that
/// group.
fn take_all<G: Group>(ours: &mut [G], theirs: &[G], mut further: impl FnMut(usize, u32)) {
    let chunks = ours.chunks_mut(CHUNK).zip(theirs.chunks(CHUNK));
    for (from, (ours, theirs)) in (0..).step_by(CHUNK).zip(chunks) {
        // Without a branch for each, so that it is done many at a time.
        let other = ours
            .iter()
            .zip(theirs)
            .fold(false, |other, (ours, theirs)| {
                other | ((*ours != G::NONE) & (*theirs != G::NONE) & (ours != theirs))
            });
        if other {
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                if *ours != G::NONE && *theirs != G::NONE && ours != theirs {
                    further(from + at, theirs.code());
                }
            }
        }
        for (ours, theirs) in ours.iter_mut().zip(theirs) {
            // Both are read first, so that there is no branch here either.
            let (one, other) = (*ours, *theirs);
            *ours = if one == G::NONE { other } else { one };
        }
    }
}

/// Adds the bits of another counter to those of a group here. The number of a bit has a first group here; if that is
/// the group itself, the bit is left out.
fn add_bits<G: Group>(first: &[G], ours: &mut [u64], theirs: &[u64], group: u32) {
    let group = G::of(group);
    for ((ours, theirs), first) in ours.iter_mut().zip(theirs).zip(first.chunks(64)) {
        let mut left = *theirs & !*ours;
        while left != 0 {
            let at = left.trailing_zeros();
            if first.get(at as usize) != Some(&group) {
                *ours |= 1 << at;
            }
            left &= left - 1;
        }
    }
}

fn seen_in<G: Group>(first: &[G]) -> u64 {
    first.iter().filter(|group| **group != G::NONE).count() as u64
}

/// How many numbers have each group as their first.
fn count_each<G: Group>(first: &[G], groups: usize) -> Vec<u64> {
    // Several counts of each: numbers of one group that follow one another need not wait.
    // The last of each is for numbers without a group.
    const WAYS: usize = 4;
    let mut ways = vec![0_u32; WAYS * (groups + 1)];
    for (at, group) in first.iter().enumerate() {
        let group = (group.code() as usize).min(groups);
        ways[(at % WAYS) * (groups + 1) + group] += 1;
    }
    let count = |group: usize| {
        let of_way = |way: usize| u64::from(ways[way * (groups + 1) + group]);
        (0..WAYS).map(of_way).sum()
    };
    (0..groups).map(count).collect()
}

/// How many numbers are merged in one step.
const CHUNK: usize = 256;

/// The code of a group, as it is stored for a number.
trait Group: Copy + Eq {
    const NONE: Self;

    fn of(group: u32) -> Self;
    fn code(self) -> u32;

    /// Becomes `group` if it was none; whether it is `group` now. Whether a number is
    /// met for the first time cannot be foretold, so there is no branch for it.
    #[inline]
    fn take(&mut self, group: u32) -> bool {
        let (group, first) = (Self::of(group), *self);
        let first = if first == Self::NONE { group } else { first };
        *self = first;
        first == group
    }
}

impl Group for u16 {
    const NONE: Self = Self::MAX;

    fn of(group: u32) -> Self {
        group as Self
    }

    fn code(self) -> u32 {
        u32::from(self)
    }
}

impl Group for u32 {
    const NONE: Self = Self::MAX;

    fn of(group: u32) -> Self {
        group
    }

    fn code(self) -> u32 {
        self
    }
}

impl First {
    fn len(&self) -> usize {
        match self {
            Self::Masks(masks) => masks.len(),
            Self::Narrow(first) => first.len(),
            Self::Wide(first) => first.len(),
        }
    }

    fn get(&self, number: usize) -> Option<u32> {
        match self {
            Self::Masks(_) => None,
            Self::Narrow(first) => {
                let group = first.get(number).filter(|group| **group != u16::NONE);
                group.map(|group| u32::from(*group))
            }
            Self::Wide(first) => first
                .get(number)
                .copied()
                .filter(|group| *group != u32::NONE),
        }
    }
}

impl Further {
    fn note(&mut self, group: u32, number: u32) {
        match self.vector_of(group as usize) {
            Some(at) => set(&mut self.bits, at, number as usize),
            None => self.pairs.push(u64::from(group) << 32 | u64::from(number)),
        }
    }

    /// The start of the bits of a group; they are added now if the budget allows.
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
        if self.stride == 0 {
            return None;
        }
        self.taken.push(self.budget.take(self.stride * 8)?);
        self.slots[group] = (at / self.stride) as u32;
        self.bits.resize(at + self.stride, 0);
        Some(at)
    }

    fn vector(&self, slot: u32) -> &[u64] {
        let at = slot as usize * self.stride;
        &self.bits[at..at + self.stride]
    }
}

fn set(bits: &mut [u64], from: usize, number: usize) {
    bits[from + number / 64] |= 1 << (number % 64);
}

const NONE: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn budget(bits: usize) -> DistinctBudget {
        DistinctBudget {
            bits: Arc::new(AtomicUsize::new(bits)),
            masks: 0,
            pairs: 2000,
        }
    }

    proptest! {
        #[test]
        fn distinct_numbers_are_those_of_plain_sets_for_any_budget_and_split(
            rows in prop::collection::vec((0_u32..9, 0_u32..150, any::<bool>()), 0..400),
            budgets in (0_usize..300, 0_usize..300),
            groups in prop_oneof![Just(9_u32), Just(64), Just(70_000)],
            masks in prop_oneof![Just(0_usize), Just(150 * 8)],
            turns in any::<bool>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let cut = cut.index(rows.len() + 1);
            let with = |bits| DistinctBudget { masks, ..budget(bits) };
            let mut first = DistinctByGroup::new(groups, 150, with(budgets.0));
            let mut second = DistinctByGroup::new(groups, 150, with(budgets.1));
            // The second one may have the groups in another order.
            for (counter, rows, turned) in
                [(&mut first, &rows[..cut], false), (&mut second, &rows[cut..], turns)]
            {
                let of = |group: u32| if turned { 8 - group } else { group };
                let groups: Vec<u32> = rows.iter().map(|row| of(row.0)).collect();
                let numbers: Vec<u32> = rows.iter().map(|row| row.1).collect();
                let kept: Vec<u32> = rows.iter().map(|row| u32::from(row.2)).collect();
                let mut selection = Selection::all(rows.len());
                selection.keep_code(&kept, 1).unwrap();
                counter.add(Codes::of(&groups), Codes::of(&numbers), &selection).unwrap();
            }
            let group = |group: u32| if turns { 8_u32.wrapping_sub(group) } else { group };
            first.merge(&second, group).unwrap();
            let mut plain = vec![(0, HashSet::new()); 9];
            for row in rows.iter().filter(|row| row.2) {
                plain[row.0 as usize].0 += 1;
                plain[row.0 as usize].1.insert(row.1);
            }
            let all: HashSet<u32> = plain.iter().flat_map(|(_, set)| set.iter().copied()).collect();
            prop_assert_eq!(first.seen(), all.len() as u64);
            let (messages, numbers) = first.finish().unwrap();
            let plain_messages: Vec<u64> = plain.iter().map(|(count, _)| *count).collect();
            let plain_numbers: Vec<u64> = plain.iter().map(|(_, set)| set.len() as u64).collect();
            prop_assert_eq!(&messages[..9], plain_messages);
            prop_assert_eq!(&numbers[..9], plain_numbers);
        }
    }

    #[test]
    fn groups_and_numbers_outside_are_refused() {
        let mut counter = DistinctByGroup::new(2, 10, budget(1000));
        let all = Selection::all(1);
        let add = |counter: &mut DistinctByGroup, group: &[u32], number: &[u32]| {
            counter.add(Codes::of(group), Codes::of(number), &all)
        };
        assert_eq!(add(&mut counter, &[2], &[0]), Err(CodecError::Code));
        assert_eq!(add(&mut counter, &[0], &[10]), Err(CodecError::Code));
        assert_eq!(add(&mut counter, &[0, 1], &[1]), Err(CodecError::Rows));
        let other = DistinctByGroup::new(3, 11, budget(1000));
        assert_eq!(counter.merge(&other, |group| group), Err(CodecError::Rows));
        assert_eq!(counter.finish(), Ok((vec![0, 0], vec![0, 0])));
    }

    #[test]
    fn more_pairs_than_the_budget_has_are_refused_and_so_many_are_not() {
        let budget = DistinctBudget {
            pairs: 30,
            ..budget(0)
        };
        let numbers: Vec<u32> = (0..10).collect();
        let all = Selection::all(10);
        let mut counter = DistinctByGroup::new(9, 10, budget);
        // The first group of a number costs no pair, and none is counted twice.
        for group in [0, 1, 2, 3, 3, 2, 1] {
            let codes = [group; 10];
            assert_eq!(
                counter.add(Codes::of(&codes), Codes::of(&numbers), &all),
                Ok(())
            );
        }
        assert_eq!(counter.thin(), Ok(()));
        let codes = [4; 10];
        counter
            .add(Codes::of(&codes), Codes::of(&numbers), &all)
            .unwrap();
        assert_eq!(counter.finish(), Err(CodecError::TooMany));
    }
}
