//! Which rows were seen: a set of the fingerprints that `plaintext/fingerprinter.rs` makes.
//!
//! At 50 million rows the probability that one is lost to a collision is 2^-24.

use super::open_table::{home, probe};

/// A table of 1,024 parts with open addressing. A slot has 8 bytes; a part is at most seven eighths full.
///
/// Ten bits of a fingerprint choose the part and 64 others are stored in the slot, so 74 bits distinguish rows. All
/// parts have the same size and grow by half, in place: growing never needs memory for two tables, and passes over the
/// memory once, from one end to the other.
pub(super) struct FingerprintSet {
    /// Zero marks an empty slot; the fingerprint zero is stored as one.
    slots: Vec<u64>,
    /// Slots of a part.
    stride: usize,
    /// Prints in each part.
    held: Vec<usize>,
}

const PARTS: usize = 1 << 10;
const FIRST_SLOTS: usize = 56;
/// Slots for 50 million rows and more: 512 MiB.
const ROOM: usize = 1 << 26;

/// How many slots are read ahead, before they are needed.
const BATCH: usize = 256;

impl FingerprintSet {
    pub(super) fn new() -> Self {
        let mut slots = Vec::new();
        // Reserved so that growing moves nothing. This costs addresses only, until memory is written. If the addresses
        // are not available, the table moves when it grows.
        let _ = slots.try_reserve_exact(ROOM);
        slots.resize(PARTS * FIRST_SLOTS, 0);
        Self {
            slots,
            stride: FIRST_SLOTS,
            held: vec![0; PARTS],
        }
    }

    /// Inserts all fingerprints in order and sets `new` to whether each was new. Several times faster than one by one,
    /// because the memory for a whole batch is requested at once.
    pub(super) fn insert_all(&mut self, fingerprints: &[u128], new: &mut Vec<bool>) {
        new.clear();
        new.reserve(fingerprints.len());
        for batch in fingerprints.chunks(BATCH) {
            let touched = batch.iter().fold(0, |touched, fingerprint| {
                let from = part_of(*fingerprint) * self.stride;
                touched | self.slots[from + home(*fingerprint as u64, self.stride)]
            });
            std::hint::black_box(touched);
            for fingerprint in batch {
                new.push(self.insert(*fingerprint));
            }
        }
    }

    /// True if the fingerprint is new.
    pub(super) fn insert(&mut self, fingerprint: u128) -> bool {
        let part = part_of(fingerprint);
        if self.held[part] >= self.stride / 8 * 7 {
            self.grow();
        }
        let slots = &mut self.slots[part * self.stride..][..self.stride];
        let new = put(slots, (fingerprint as u64).max(1));
        self.held[part] += usize::from(new);
        new
    }

    pub(super) fn contains(&self, fingerprint: u128) -> bool {
        let slots = &self.slots[part_of(fingerprint) * self.stride..][..self.stride];
        let print = (fingerprint as u64).max(1);
        slots[probe(slots, print, |held| held == 0 || held == print)] == print
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.held.iter().sum()
    }

    /// Grows every part by half, from the last to the first: the new place of a part is behind all parts that have not
    /// moved yet.
    #[cold]
    fn grow(&mut self) {
        let old = self.stride;
        self.stride = (old + old / 2).next_multiple_of(8);
        self.slots.resize(PARTS * self.stride, 0);
        let mut prints = Vec::with_capacity(old);
        for part in (0..PARTS).rev() {
            let waiting = &mut self.slots[part * old..][..old];
            prints.clear();
            prints.extend(waiting.iter().filter(|print| **print != 0));
            waiting.fill(0);
            let slots = &mut self.slots[part * self.stride..][..self.stride];
            for print in &prints {
                put(slots, *print);
            }
        }
    }
}

fn part_of(fingerprint: u128) -> usize {
    (fingerprint >> 118) as usize
}

/// Whether the print was not in its part yet.
fn put(slots: &mut [u64], print: u64) -> bool {
    let at = probe(slots, print, |held| held == 0 || held == print);
    let new = slots[at] == 0;
    if new {
        slots[at] = print;
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::plaintext::Fingerprinter;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn only_the_first_of_equal_fingerprints_is_new(
            seeds in prop::collection::vec(0_u64..3000, 0..6000),
        ) {
            let fingerprinter = Fingerprinter::new([1, 2, 3, 4]);
            let (mut set, mut plain) = (FingerprintSet::new(), HashSet::new());
            for seed in &seeds {
                let new = set.insert(fingerprinter.of_row(&[*seed, 5]));
                prop_assert_eq!(new, plain.insert(*seed));
                prop_assert!(set.contains(fingerprinter.of_row(&[*seed, 5])));
                let other = fingerprinter.of_row(&[*seed + 3000, 5]);
                prop_assert!(!set.contains(other));
            }
            prop_assert_eq!(set.len(), plain.len());
            let of_seed = |seed: &u64| fingerprinter.of_row(&[*seed, 5]);
            let fingerprints: Vec<u128> = seeds.iter().map(of_seed).collect();
            let (mut batched, mut new) = (FingerprintSet::new(), vec![true]);
            batched.insert_all(&fingerprints, &mut new);
            plain.clear();
            prop_assert!(new.iter().copied().eq(seeds.iter().map(|seed| plain.insert(*seed))));
            prop_assert_eq!(batched.len(), plain.len());
        }
    }

    #[test]
    fn fingerprints_that_stand_close_do_not_hide_each_other() {
        let mut set = FingerprintSet::new();
        for low in 0..500_u128 {
            assert!(set.insert((7 << 118) | (0x3ff + low)));
        }
        assert!(!set.insert((7 << 118) | (0x3ff + 7)));
        assert!(set.insert((8 << 118) | (0x3ff + 7)));
        assert!(set.insert(0) && !set.insert(0));
    }
}
