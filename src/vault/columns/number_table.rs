//! The numbers of one admission, each given a temporary number as it first comes.
//!
//! The one file here that sees digits. They stand in one list in order of arrival,
//! which is wiped on drop and whenever it moves to more memory. Growth is done by
//! hand for that reason: a `Vec` that grows by itself leaves its old copy behind.

use std::num::NonZeroU64;

use zeroize::{Zeroize, Zeroizing};

use super::CodecError;

pub struct NumberTable {
    /// Random; without it an exhibit could be made that fills one corner of the table.
    keys: [u64; 2],
    /// Temporary numbers; [`EMPTY`] marks an empty slot.
    slots: Vec<u32>,
    digits: Zeroizing<Vec<u64>>,
}

const FIRST_SLOTS: usize = 1024;
const EMPTY: u32 = u32::MAX;

/// How many numbers are touched before they are looked up.
const BATCH: usize = 256;

impl NumberTable {
    /// Both keys must be random.
    pub fn new(keys: [u64; 2]) -> Self {
        Self {
            keys,
            slots: vec![EMPTY; FIRST_SLOTS],
            digits: Zeroizing::new(Vec::with_capacity(FIRST_SLOTS)),
        }
    }

    /// The temporary number of the digits, in order of arrival from 0.
    pub fn get_or_insert(&mut self, digits: NonZeroU64) -> Result<u32, CodecError> {
        let digits = digits.get();
        let mut at = match self.find(digits) {
            Ok(no) => return Ok(no),
            Err(at) => at,
        };
        let no = u32::try_from(self.digits.len()).map_err(|_| CodecError::TooMany)?;
        if no == EMPTY {
            return Err(CodecError::TooMany);
        }
        if self.digits.len() >= self.slots.len() / 4 * 3 {
            self.grow();
            at = self.find(digits).err().unwrap_or(at);
        }
        self.slots[at] = no;
        self.list(digits);
        Ok(no)
    }

    pub fn get(&self, digits: NonZeroU64) -> Option<u32> {
        self.find(digits.get()).ok()
    }

    /// Replaces `out` by the temporary numbers of all the digits, `none` for those not in
    /// the table; zeros among them are passed over. Several times quicker than one by
    /// one: the memory for a batch is asked for at once.
    pub fn get_all(&self, digits: &[u64], none: u32, out: &mut Vec<u32>) {
        out.clear();
        out.reserve(digits.len());
        let mut hashes = [0; BATCH];
        for batch in digits.chunks(BATCH) {
            let slots = batch.iter().zip(&mut hashes).map(|(digits, hash)| {
                *hash = self.hash(*digits);
                self.slots[share(*hash, self.slots.len())]
            });
            let held = slots.filter_map(|no| self.digits.get(no as usize));
            std::hint::black_box(held.fold(0, |all, digits| all ^ digits));
            let found = batch.iter().zip(&hashes);
            out.extend(found.map(|(digits, hash)| self.find_at(*digits, *hash).unwrap_or(none)));
        }
    }

    pub fn len(&self) -> usize {
        self.digits.len()
    }

    pub fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }

    /// The digits of all numbers in the order of their temporary numbers, in clear.
    pub fn expose_digits(&self) -> &[u64] {
        &self.digits
    }

    /// The number that has the digits, or the empty slot where they belong.
    fn find(&self, digits: u64) -> Result<u32, usize> {
        self.find_at(digits, self.hash(digits))
    }

    fn find_at(&self, digits: u64, hash: u64) -> Result<u32, usize> {
        let mut at = share(hash, self.slots.len());
        loop {
            let no = self.slots[at];
            if no == EMPTY {
                return Err(at);
            }
            if self.digits[no as usize] == digits {
                return Ok(no);
            }
            at += 1;
            if at == self.slots.len() {
                at = 0;
            }
        }
    }

    /// Two multiplications folded, each between secrets.
    fn hash(&self, digits: u64) -> u64 {
        let [a, b] = self.keys;
        fold(fold(digits ^ a, b | 1) ^ b, a | 1)
    }

    fn list(&mut self, digits: u64) {
        if self.digits.len() == self.digits.capacity() {
            let mut longer = Vec::with_capacity(self.digits.len() * 2);
            longer.extend_from_slice(&self.digits);
            self.digits = Zeroizing::new(longer);
        }
        self.digits.push(digits);
    }

    #[cold]
    fn grow(&mut self) {
        // The old one goes first.
        let longer = self.slots.len() / 2 * 3;
        self.slots = Vec::new();
        self.slots.resize(longer, EMPTY);
        for (no, digits) in (0..).zip(self.digits.iter()) {
            let mut at = share(self.hash(*digits), longer);
            while self.slots[at] != EMPTY {
                at += 1;
                if at == longer {
                    at = 0;
                }
            }
            self.slots[at] = no;
        }
    }
}

impl Drop for NumberTable {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

/// The place of a hash among so many.
fn share(hash: u64, places: usize) -> usize {
    ((u128::from(hash) * places as u128) >> 64) as usize
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
        assert!(table.is_empty());
        assert_eq!(table.get_or_insert(digits), Ok(0));
        assert_eq!(table.get_or_insert(NonZeroU64::MIN), Ok(1));
    }
}
