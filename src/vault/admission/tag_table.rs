//! Finds the terms of one field of a case by their tags.
//!
//! Sees tags and term numbers.

use super::open_table::OpenTable;
use crate::vault::plaintext::Tag;

pub(super) struct TagTable {
    /// Terms are numbered from 1: the tag of term *n* is at position *n* - 1.
    tags: Vec<Tag>,
    slots: OpenTable,
}

impl TagTable {
    pub(super) fn with_room(terms: usize) -> Self {
        Self {
            tags: Vec::with_capacity(terms),
            slots: OpenTable::with_room(terms),
        }
    }

    /// Adds the next term. False if it has the tag of another one.
    pub(super) fn add(&mut self, tag: &Tag) -> bool {
        let Err(at) = self.place(tag) else {
            return false;
        };
        self.slots.put(at, self.tags.len() as u32);
        self.tags.push(*tag);
        true
    }

    /// The number of the term; `None` if the case does not have it.
    pub(super) fn find(&self, tag: &Tag) -> Option<u32> {
        self.place(tag).ok().map(|place| place + 1)
    }

    pub(super) fn len(&self) -> usize {
        self.tags.len()
    }

    fn place(&self, tag: &Tag) -> Result<u32, usize> {
        let same = |place: u32| self.tags.get(place as usize) == Some(tag);
        self.slots.find(hash_of(tag), same)
    }
}

/// A tag is as good as random.
fn hash_of(tag: &Tag) -> u64 {
    tag.as_bytes()
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(no: u32) -> Tag {
        let mut bytes = [7; 16];
        bytes[6..10].copy_from_slice(&no.to_be_bytes());
        Tag::from_bytes(bytes)
    }

    #[test]
    fn terms_are_numbered_from_one_in_the_order_in_which_they_came() {
        // The hashes of all are near each other.
        let mut table = TagTable::with_room(800);
        for no in 0..800 {
            assert!(table.add(&tag(no * 7919 % 800)), "{no}");
        }
        assert_eq!(table.len(), 800);
        for no in 0..800 {
            assert_eq!(table.find(&tag(no * 7919 % 800)), Some(no + 1));
        }
        assert_eq!(table.find(&tag(800)), None);
        assert!(!table.add(&tag(17)));
        assert_eq!(TagTable::with_room(0).find(&tag(1)), None);
    }
}
