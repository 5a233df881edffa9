//! The phone numbers of one admission: each gets a temporary number, in order of arrival.
//!
//! Sees digits. They are in one list, in order of arrival, which is wiped on drop and whenever it moves to a larger
//! buffer. That is why this file grows the list itself: a `Vec` that grows leaves its old copy behind unwiped.

use std::num::NonZeroU64;

use zeroize::{Zeroize, Zeroizing};

use super::open_table::OpenTable;
use crate::vault::columns::CodecError;

/// Digits to temporary numbers, and back.
pub(super) struct NumberTable {
    /// Secret. Otherwise somebody could construct an exhibit whose numbers all collide.
    keys: [u64; 2],
    slots: OpenTable,
    digits: Zeroizing<Vec<u64>>,
}

/// Room in the first list.
const FIRST: usize = 1024;

/// How many numbers are read ahead, before they are looked up.
const BATCH: usize = 256;

impl NumberTable {
    /// Both keys must be secret, and as good as random.
    pub(super) fn new(keys: [u64; 2]) -> Self {
        Self {
            keys,
            slots: OpenTable::new(),
            digits: Zeroizing::new(Vec::with_capacity(FIRST)),
        }
    }

    /// The temporary number of the digits, in order of arrival from 0.
    pub(super) fn get_or_insert(&mut self, digits: NonZeroU64) -> Result<u32, CodecError> {
        let digits = digits.get();
        let mut at = match self.find(digits) {
            Ok(no) => return Ok(no),
            Err(at) => at,
        };
        let no = u32::try_from(self.digits.len()).map_err(|_| CodecError::TooMany)?;
        if no == OpenTable::EMPTY {
            return Err(CodecError::TooMany);
        }
        if self.slots.is_full(self.digits.len()) {
            let (keys, all) = (self.keys, self.digits.iter());
            self.slots.grow(all.map(|digits| hash_of(keys, *digits)));
            at = self.find(digits).err().unwrap_or(at);
        }
        self.slots.put(at, no);
        self.list(digits);
        Ok(no)
    }

    pub(super) fn get(&self, digits: NonZeroU64) -> Option<u32> {
        self.find(digits.get()).ok()
    }

    /// Fills `out` with the temporary numbers of all the digits, and with `none` for those not in the table, such as 0.
    /// Several times faster than one by one, because the memory for a whole batch is requested at once.
    pub(super) fn get_all(&self, digits: &[u64], none: u32, out: &mut Vec<u32>) {
        out.clear();
        out.reserve(digits.len());
        let mut hashes = [0; BATCH];
        for batch in digits.chunks(BATCH) {
            let slots = batch.iter().zip(&mut hashes).map(|(digits, hash)| {
                *hash = hash_of(self.keys, *digits);
                self.slots.home(*hash)
            });
            let held = slots.filter_map(|no| self.digits.get(no as usize));
            std::hint::black_box(held.fold(0, |all, digits| all ^ digits));
            let found = batch.iter().zip(&hashes);
            out.extend(found.map(|(digits, hash)| self.find_at(*digits, *hash).unwrap_or(none)));
        }
    }

    /// A print of digits, the same in every table with these keys. They need not be in the table.
    pub(super) fn print_of(&self, digits: u64) -> u64 {
        hash_of(self.keys, digits)
    }

    pub(super) fn len(&self) -> usize {
        self.digits.len()
    }

    /// The digits of all numbers, in the clear, in the order of their temporary numbers.
    pub(super) fn expose_digits(&self) -> &[u64] {
        &self.digits
    }

    /// The temporary number of the digits, or the empty slot where it belongs.
    fn find(&self, digits: u64) -> Result<u32, usize> {
        self.find_at(digits, hash_of(self.keys, digits))
    }

    fn find_at(&self, digits: u64, hash: u64) -> Result<u32, usize> {
        let same = |no: u32| self.digits[no as usize] == digits;
        self.slots.find(hash, same)
    }

    fn list(&mut self, digits: u64) {
        if self.digits.len() == self.digits.capacity() {
            let mut longer = Vec::with_capacity(self.digits.len() * 2);
            longer.extend_from_slice(&self.digits);
            self.digits = Zeroizing::new(longer);
        }
        self.digits.push(digits);
    }
}

impl Drop for NumberTable {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

/// Two multiplications, folded, each between secrets.
fn hash_of([a, b]: [u64; 2], digits: u64) -> u64 {
    fold(fold(digits ^ a, b | 1) ^ b, a | 1)
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn numbers_are_numbered_in_order_of_arrival(
            lines in prop::collection::vec(0_u64..2000, 0..4000),
            keys in any::<[u64; 2]>(),
        ) {
            let (mut table, mut plain) = (NumberTable::new(keys), HashMap::new());
            for line in &lines {
                let range = if *line < 1000 { 447_700_900_000 } else { 441_632_959_000 };
                let digits = NonZeroU64::new(range + line).unwrap();
                let next = plain.len() as u32;
                let expected = *plain.entry(digits).or_insert(next);
                prop_assert_eq!(table.get_or_insert(digits).unwrap(), expected);
            }
            prop_assert_eq!(table.len(), plain.len());
            let mut asked: Vec<u64> = plain.keys().map(|digits| digits.get()).collect();
            asked.extend([0, 1]);
            let (mut found, mut expected) = (vec![7], Vec::new());
            table.get_all(&asked, u32::MAX, &mut found);
            for digits in &asked {
                let known = NonZeroU64::new(*digits).and_then(|digits| plain.get(&digits));
                expected.push(known.copied().unwrap_or(u32::MAX));
            }
            prop_assert!(found == expected);
            for (digits, no) in plain {
                prop_assert_eq!(table.get(digits), Some(no));
                prop_assert!(table.expose_digits()[no as usize] == digits.get());
            }
        }
    }

    #[test]
    fn a_number_never_seen_has_no_number() {
        let mut table = NumberTable::new([0, 0]);
        let digits = NonZeroU64::new(15_555_550_100).unwrap();
        assert_eq!(table.get(digits), None);
        assert_eq!(table.len(), 0);
        assert_eq!(table.get_or_insert(digits), Ok(0));
        assert_eq!(table.get_or_insert(NonZeroU64::MIN), Ok(1));
    }
}
