//! Where those values of a sorted list are that have the same first bits. They are as good as random, so few have.
//!
//! Sees first bits only.

use std::ops::Range;

/// Where those begin that begin alike, and at last where all end.
pub(super) struct Begins(Vec<u32>);

impl Begins {
    /// `first` has the first bits of each value, below 2^`bits`.
    pub(super) fn of(bits: u32, first: impl Iterator<Item = usize>) -> Self {
        let mut begins = vec![0_u32; (1 << bits) + 1];
        for first in first {
            if let Some(after) = begins.get_mut(first + 1) {
                *after += 1;
            }
        }
        let mut before = 0;
        for begin in &mut begins {
            before += *begin;
            *begin = before;
        }
        Self(begins)
    }

    /// The places of the values with these first bits.
    #[inline]
    pub(super) fn places(&self, first: usize) -> Range<usize> {
        match self.0.get(first..) {
            Some([from, to, ..]) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }
}
