//! The prints of the rows of a small file, in memory: finds those that the records of a case have.
//!
//! All prints of the case stream past them, block after block. That takes the same whatever the rows are, and whether
//! the case has them or not. Sees prints only.

use super::begins::Begins;
use crate::vault::columns::{LOW_BITS, PRINT_BITS, SeenBlock};

pub(super) struct AskedPrints {
    /// Sorted, each once.
    prints: Vec<u64>,
    begins: Begins,
    /// A bit for each value of the last bits, set if a print ends in it.
    ends: Box<[u64; END_WORDS]>,
}

/// So many of the last bits are looked at first. The list of them, of 256 KiB, stays near the processor.
const END_BITS: u32 = 21;
const END_WORDS: usize = 1 << (END_BITS - u64::BITS.ilog2());

impl AskedPrints {
    pub(super) fn of(mut prints: Vec<u64>) -> Self {
        prints.sort_unstable();
        prints.dedup();
        let first = prints.iter().map(|print| first_of(*print));
        let begins = Begins::of(PRINT_BITS - LOW_BITS, first);
        let mut ends = Box::new([0; END_WORDS]);
        for print in &prints {
            let (at, bit) = end_of(*print);
            ends[at] |= bit;
        }
        Self {
            prints,
            begins,
            ends,
        }
    }

    /// Those of the prints that are in one of the blocks, in any order. A print may be there more than once.
    pub(super) fn among(&self, blocks: &[SeenBlock]) -> Vec<u64> {
        let (ends, mut found) = (&*self.ends, Vec::new());
        for block in blocks {
            block.each_like(
                |low| {
                    let (at, bit) = end_of(low);
                    ends[at] & bit != 0
                },
                |print| {
                    if self.has(print) {
                        found.push(print);
                    }
                },
            );
        }
        found
    }

    fn has(&self, print: u64) -> bool {
        let alike = self.prints.get(self.begins.places(first_of(print)));
        alike.is_some_and(|alike| alike.contains(&print))
    }
}

#[inline]
fn first_of(print: u64) -> usize {
    (print >> LOW_BITS) as usize
}

/// The word and the bit of the last bits of a print.
#[inline]
fn end_of(print: u64) -> (usize, u64) {
    let bits = u64::from(u64::BITS);
    ((print / bits) as usize % END_WORDS, 1 << (print % bits))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn block(prints: &[u64]) -> SeenBlock {
        let mut plain = Vec::new();
        SeenBlock::encode(prints, &mut plain).unwrap();
        SeenBlock::read(plain).unwrap()
    }

    /// In all buckets, or nearly the same.
    fn prints(most: usize) -> impl Strategy<Value = Vec<u64>> {
        let top = 1_u64 << PRINT_BITS;
        prop_oneof![
            prop::collection::vec(0..top, 0..most),
            prop::collection::vec(0..300_u64, 0..most),
            prop::collection::vec(top - 300..top, 0..most),
        ]
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_both_have(
            asked in prints(300),
            blocks in prop::collection::vec(prints(300), 0..4),
            shared in 0_usize..20,
        ) {
            let mut blocks = blocks;
            if let Some(last) = blocks.last_mut() {
                last.extend(asked.iter().take(shared));
            }
            let there: BTreeSet<u64> = blocks.iter().flatten().copied().collect();
            let expected: BTreeSet<u64> = asked.iter().copied().filter(|print| there.contains(print)).collect();
            let blocks: Vec<SeenBlock> = blocks.iter().map(|prints| block(prints)).collect();
            let found: BTreeSet<u64> = AskedPrints::of(asked).among(&blocks).into_iter().collect();
            prop_assert_eq!(found, expected);
        }
    }
}
