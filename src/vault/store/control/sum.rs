//! Sums of elements modulo 2^256.

/// A sum of 256-bit elements. Which elements made it cannot be found without their key, and no
/// other set of elements with the same sum can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::vault::store) struct Sum([u64; 4]);

impl Sum {
    pub(in crate::vault::store) fn of(element: [u8; 32]) -> Self {
        let (words, _) = element.as_chunks::<8>();
        let mut sum = [0; 4];
        for (word, bytes) in sum.iter_mut().zip(words) {
            *word = u64::from_le_bytes(*bytes);
        }
        Self(sum)
    }

    pub(in crate::vault::store) fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (out, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *out = word.to_le_bytes();
        }
        bytes
    }

    pub(in crate::vault::store) fn add(&mut self, other: Self) {
        let mut carry = false;
        for (word, more) in self.0.iter_mut().zip(other.0) {
            let (sum, over) = word.overflowing_add(more);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, over || again);
        }
    }

    pub(in crate::vault::store) fn take(&mut self, other: Self) {
        let mut borrow = false;
        for (word, less) in self.0.iter_mut().zip(other.0) {
            let (rest, under) = word.overflowing_sub(less);
            let (rest, again) = rest.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (rest, under || again);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_can_be_taken_out_in_any_order() {
        let elements = [[0xff; 32], [0x80; 32], [1; 32], [0; 32]].map(Sum::of);
        let mut sum = Sum::default();
        elements.iter().for_each(|element| sum.add(*element));
        let all = sum;
        elements.iter().rev().for_each(|element| sum.take(*element));
        assert_eq!(sum, Sum::default());
        sum.take(elements[0]);
        sum.add(elements[0]);
        assert_eq!(sum, Sum::default());
        assert_eq!(Sum::of(all.bytes()), all);
    }

    #[test]
    fn a_carry_runs_through_all_words_and_falls_off_at_the_end() {
        let mut sum = Sum::of([0xff; 32]);
        let mut one = [0; 32];
        one[0] = 1;
        sum.add(Sum::of(one));
        assert_eq!(sum, Sum::default());
        sum.take(Sum::of(one));
        assert_eq!(sum, Sum::of([0xff; 32]));
    }
}
