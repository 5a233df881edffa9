//! Which rows have been seen: a set of keyed 128-bit fingerprints.
//!
//! By message reference where there is one, by the whole row otherwise. The key is
//! drawn afresh for each admission, so nobody can make rows that collide, and a
//! fingerprint in memory says nothing without it. At 50 million rows the odds of
//! losing one to a collision are 2^-77.

use super::CodecError;
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

    pub fn of_reference(&self, reference: &str) -> u128 {
        self.references.bytes(reference.as_bytes())
    }

    /// The caller gives every row the same fields in the same order.
    pub fn of_row(&self, fields: &[u64]) -> u128 {
        self.rows.words(fields)
    }
}

/// Open addressing, 16 bytes a slot, at most three quarters full. The fingerprints
/// are random, so their own low bits say where they stand.
pub struct FingerprintSet {
    slots: Vec<u128>,
    len: usize,
}

const FIRST_SLOTS: usize = 1024;

/// How many slots are touched before they are needed.
const BATCH: usize = 64;

/// 2^32 slots are 64 GiB.
const MOST_SLOTS: usize = 1 << 32;

impl FingerprintSet {
    pub fn new() -> Self {
        Self {
            slots: vec![0; FIRST_SLOTS],
            len: 0,
        }
    }

    /// Grows only beyond this many fingerprints.
    pub fn with_capacity(fingerprints: usize) -> Self {
        let wanted = fingerprints.saturating_add(fingerprints / 3 + 1);
        let slots = wanted.clamp(FIRST_SLOTS, MOST_SLOTS).next_power_of_two();
        Self {
            slots: vec![0; slots],
            len: 0,
        }
    }

    /// Replaces `new` by whether each fingerprint is new, one after the other. Several
    /// times quicker than one by one: the memory for a batch is asked for at once.
    pub fn insert_all(
        &mut self,
        fingerprints: &[u128],
        new: &mut Vec<bool>,
    ) -> Result<(), CodecError> {
        new.clear();
        new.reserve(fingerprints.len());
        for batch in fingerprints.chunks(BATCH) {
            let last = self.slots.len() - 1;
            let touched = batch.iter().fold(0, |touched, fingerprint| {
                touched | self.slots[*fingerprint as usize & last]
            });
            std::hint::black_box(touched);
            for fingerprint in batch {
                new.push(self.insert(*fingerprint)?);
            }
        }
        Ok(())
    }

    /// True if the fingerprint is new.
    pub fn insert(&mut self, fingerprint: u128) -> Result<bool, CodecError> {
        if self.len >= self.slots.len() / 4 * 3 {
            self.grow()?;
        }
        let new = put(&mut self.slots, fingerprint);
        self.len += usize::from(new);
        Ok(new)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[cold]
    fn grow(&mut self) -> Result<(), CodecError> {
        if self.slots.len() >= MOST_SLOTS {
            return Err(CodecError::TooMany);
        }
        let mut slots = vec![0; self.slots.len() * 2];
        for fingerprint in self.slots.iter().filter(|slot| **slot != 0) {
            put(&mut slots, *fingerprint);
        }
        self.slots = slots;
        Ok(())
    }
}

impl Default for FingerprintSet {
    fn default() -> Self {
        Self::new()
    }
}

/// Zero marks an empty slot; the fingerprint zero stands as one.
fn put(slots: &mut [u128], fingerprint: u128) -> bool {
    let fingerprint = fingerprint.max(1);
    let last = slots.len() - 1;
    let mut at = fingerprint as usize & last;
    loop {
        if slots[at] == fingerprint {
            return false;
        }
        if slots[at] == 0 {
            slots[at] = fingerprint;
            return true;
        }
        at = (at + 1) & last;
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
                let new = set.insert(fingerprinter.of_row(&[*seed, 5])).unwrap();
                prop_assert_eq!(new, plain.insert(*seed));
            }
            prop_assert_eq!(set.len(), plain.len());
            let of_seed = |seed: &u64| fingerprinter.of_row(&[*seed, 5]);
            let fingerprints: Vec<u128> = seeds.iter().map(of_seed).collect();
            let (mut batched, mut new) = (FingerprintSet::new(), vec![true]);
            batched.insert_all(&fingerprints, &mut new).unwrap();
            plain.clear();
            prop_assert!(new.iter().copied().eq(seeds.iter().map(|seed| plain.insert(*seed))));
            prop_assert_eq!(batched.len(), plain.len());
        }
    }

    #[test]
    fn fingerprints_that_stand_close_do_not_hide_each_other() {
        let mut set = FingerprintSet::with_capacity(10);
        for high in 0..500_u128 {
            assert!(set.insert(high << 64 | 0x3ff).unwrap());
        }
        assert!(!set.insert(7 << 64 | 0x3ff).unwrap());
        assert!(set.insert(0).unwrap() && !set.insert(0).unwrap());
    }

    #[test]
    fn references_and_rows_and_keys_are_kept_apart() {
        let fingerprinter = Fingerprinter::new([1, 2, 3, 4]);
        let word = u64::from_le_bytes(*b"reference".first_chunk().unwrap());
        assert!(fingerprinter.of_reference("referenc") != fingerprinter.of_row(&[word]));
        let other = Fingerprinter::new([1, 3, 3, 4]);
        assert!(fingerprinter.of_reference("a") != other.of_reference("a"));
        assert!(fingerprinter.of_row(&[0]) != fingerprinter.of_row(&[0, 0]));
    }
}
