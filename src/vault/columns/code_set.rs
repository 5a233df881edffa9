//! A set of codes of one dictionary, as a filter asks for them.

use super::CodecError;

/// One bit for each code below a size.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeSet {
    words: Vec<u64>,
    size: u32,
    least: u32,
    len: u32,
}

impl CodeSet {
    /// An empty set over the codes below `size`, the length of a dictionary.
    pub fn new(size: u32) -> Self {
        Self {
            words: vec![0; (size as usize).div_ceil(64)],
            size,
            least: u32::MAX,
            len: 0,
        }
    }

    /// A set of these codes. A code outside the dictionary is an error.
    pub fn of(size: u32, codes: impl IntoIterator<Item = u32>) -> Result<Self, CodecError> {
        let mut set = Self::new(size);
        for code in codes {
            set.insert(code)?;
        }
        Ok(set)
    }

    /// Adds a code; one that is in the set already changes nothing. `CodecError::Code` if it is outside the dictionary.
    pub fn insert(&mut self, code: u32) -> Result<(), CodecError> {
        if code >= self.size {
            return Err(CodecError::Code);
        }
        let word = self
            .words
            .get_mut(code as usize / 64)
            .ok_or(CodecError::Code)?;
        let bit = 1 << (code % 64);
        self.len += u32::from(*word & bit == 0);
        *word |= bit;
        self.least = self.least.min(code);
        Ok(())
    }

    /// A code outside the dictionary is in no set.
    pub fn contains(&self, code: u32) -> bool {
        self.words
            .get(code as usize / 64)
            .is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether no code is in the set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of distinct codes in the set.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// The code, if there is exactly one: a scan for one code is faster.
    pub(super) fn single(&self) -> Option<u32> {
        (self.len == 1).then_some(self.least)
    }

    /// The whole set as one word, if all its codes are below 64.
    pub(super) fn small(&self) -> Option<u64> {
        let (first, rest) = self.words.split_first()?;
        rest.iter().all(|word| *word == 0).then_some(*first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_refuses_what_is_no_code() {
        let mut set = CodeSet::of(100, [3, 64, 3]).unwrap();
        assert_eq!(set.len(), 2);
        assert!(set.contains(3) && set.contains(64) && !set.contains(4));
        assert!(!set.contains(u32::MAX));
        assert!(set.insert(100) == Err(CodecError::Code));
        assert_eq!(set.single(), None);
        assert_eq!(set.small(), None);
        assert_eq!(CodeSet::of(100, [63]).unwrap().single(), Some(63));
        assert_eq!(CodeSet::of(100, [63]).unwrap().small(), Some(1 << 63));
        assert!(CodeSet::new(0).is_empty());
    }
}
