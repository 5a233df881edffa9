//! Which rows have been seen: a set of keyed 128-bit fingerprints.
//!
//! By message reference where there is one, by the whole row otherwise. The key is
//! drawn afresh for each admission, so nobody can make rows that collide, and a
//! fingerprint in memory says nothing without it. At 50 million rows the odds of
//! losing one to a collision are 2^-24.

use super::sip_hash::SipKey;

pub struct Fingerprinter {
    references: SipKey,
    rows: SipKey,
}

impl Fingerprinter {
    /// The four words must be random.
    pub fn new(keys: [u64; 4]) -> Self {
        Self {
            references: SipKey::new([keys[0], keys[1]]),
            rows: SipKey::new([keys[2], keys[3]]),
        }
    }

    /// What tells a message with a reference apart: the print of the reference and who
    /// it went to, for one message may go to many.
    pub fn of_message(reference: u128, number: u64) -> u128 {
        reference ^ u128::from(number).wrapping_add(1).wrapping_mul(SPREAD)
    }

    pub fn of_text(&self, text: &str) -> u128 {
        self.references.bytes(text.as_bytes())
    }

    /// The caller gives every row the same fields in the same order.
    pub fn of_row(&self, fields: &[u64]) -> u128 {
        self.rows.words(fields)
    }
}

/// Open addressing in 1,024 parts of one table, 8 bytes a slot, at most seven eighths
/// full.
///
/// Ten bits of a fingerprint say the part and 64 others stand in the slot: 74 bits
/// tell rows apart. All parts have one size and grow by half, in place: growing never
/// needs the table twice, and reads it from one end to the other.
pub struct FingerprintSet {
    /// Zero marks an empty slot; the fingerprint zero stands as one.
    slots: Vec<u64>,
    /// Slots of a part.
    stride: usize,
    /// Prints in each part.
    held: Vec<usize>,
    len: usize,
}

/// Odd, so that no two numbers come out alike: 2^128 over the golden ratio.
const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

const PARTS: usize = 1 << 10;
const FIRST_SLOTS: usize = 56;
/// Slots for 50 million rows and more: 512 MiB.
const ROOM: usize = 1 << 26;

/// How many slots are touched before they are needed.
const BATCH: usize = 256;

impl FingerprintSet {
    pub fn new() -> Self {
        let mut slots = Vec::new();
        // So that growing moves nothing. It costs addresses only, until they are written to;
        // where they are not to be had, the table moves.
        let _ = slots.try_reserve_exact(ROOM);
        slots.resize(PARTS * FIRST_SLOTS, 0);
        Self {
            slots,
            stride: FIRST_SLOTS,
            held: vec![0; PARTS],
            len: 0,
        }
    }

    /// Replaces `new` by whether each fingerprint is new, one after the other. Several
    /// times quicker than one by one: the memory for a batch is asked for at once.
    pub fn insert_all(&mut self, fingerprints: &[u128], new: &mut Vec<bool>) {
        new.clear();
        new.reserve(fingerprints.len());
        for batch in fingerprints.chunks(BATCH) {
            let touched = batch.iter().fold(0, |touched, fingerprint| {
                let from = part_of(*fingerprint) * self.stride;
                touched | self.slots[from + place(*fingerprint as u64, self.stride)]
            });
            std::hint::black_box(touched);
            for fingerprint in batch {
                new.push(self.insert(*fingerprint));
            }
        }
    }

    /// True if the fingerprint is new.
    pub fn insert(&mut self, fingerprint: u128) -> bool {
        let part = part_of(fingerprint);
        if self.held[part] >= self.stride / 8 * 7 {
            self.grow();
        }
        let slots = &mut self.slots[part * self.stride..][..self.stride];
        let new = put(slots, (fingerprint as u64).max(1));
        self.held[part] += usize::from(new);
        self.len += usize::from(new);
        new
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Gives every part half as much again, from the last to the first: a part's new place
    /// lies behind all those that still wait.
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

impl Default for FingerprintSet {
    fn default() -> Self {
        Self::new()
    }
}

fn part_of(fingerprint: u128) -> usize {
    (fingerprint >> 118) as usize
}

/// Where a print stands among `slots`: its share of the whole range.
fn place(print: u64, slots: usize) -> usize {
    ((u128::from(print) * slots as u128) >> 64) as usize
}

fn put(slots: &mut [u64], print: u64) -> bool {
    let mut at = place(print, slots.len());
    loop {
        match slots[at] {
            0 => {
                slots[at] = print;
                return true;
            }
            held if held == print => return false,
            _ => {
                at += 1;
                if at == slots.len() {
                    at = 0;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn references_and_rows_and_keys_are_kept_apart() {
        let fingerprinter = Fingerprinter::new([1, 2, 3, 4]);
        let word = u64::from_le_bytes(*b"reference".first_chunk().unwrap());
        assert!(fingerprinter.of_text("referenc") != fingerprinter.of_row(&[word]));
        let [a, b] = ["a", "b"].map(|text| fingerprinter.of_text(text));
        assert!(Fingerprinter::of_message(a, 1) != Fingerprinter::of_message(a, 2));
        assert!(Fingerprinter::of_message(a, 1) != Fingerprinter::of_message(b, 1));
        let other = Fingerprinter::new([1, 3, 3, 4]);
        assert!(fingerprinter.of_text("a") != other.of_text("a"));
        assert!(fingerprinter.of_row(&[0]) != fingerprinter.of_row(&[0, 0]));
    }
}
