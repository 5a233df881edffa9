//! Open addressing with linear probing: the one scheme of all hash tables of an admission.
//!
//! Sees hashes and temporary numbers only. The owner of a table keeps its keys in a list; the table holds their
//! positions.

/// Hashes to positions in the owner's list.
pub(super) struct OpenTable {
    slots: Vec<u32>,
}

const FIRST_SLOTS: usize = 1024;

impl OpenTable {
    /// Marks an empty slot.
    pub(super) const EMPTY: u32 = u32::MAX;

    pub(super) fn new() -> Self {
        Self::with_room(0)
    }

    /// A table that takes so many without growing.
    pub(super) fn with_room(entries: usize) -> Self {
        let slots = entries / 2 * 3;
        Self {
            slots: vec![Self::EMPTY; slots.max(FIRST_SLOTS)],
        }
    }

    /// The position with this hash that is the `same`, or the empty slot where it belongs.
    #[inline]
    pub(super) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let ends = |no| no == Self::EMPTY || same(no);
        let at = probe(&self.slots, hash, ends);
        match self.slots[at] {
            Self::EMPTY => Err(at),
            no => Ok(no),
        }
    }

    /// What is in the first slot for a hash; read ahead of time, so that the memory is in the cache later.
    #[inline]
    pub(super) fn home(&self, hash: u64) -> u32 {
        self.slots[home(hash, self.slots.len())]
    }

    /// Fills an empty slot that [`OpenTable::find`] answered.
    #[inline]
    pub(super) fn put(&mut self, at: usize, no: u32) {
        self.slots[at] = no;
    }

    /// Whether the table must grow before it takes one more than so many.
    #[inline]
    pub(super) fn is_full(&self, held: usize) -> bool {
        held >= self.slots.len() / 4 * 3
    }

    /// Grows by half. `hashes` are those of the whole list, in order.
    #[cold]
    pub(super) fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        let longer = self.slots.len() / 2 * 3;
        // The old slots are freed first.
        self.slots = Vec::new();
        self.slots.resize(longer, Self::EMPTY);
        for (no, hash) in (0..).zip(hashes) {
            let at = probe(&self.slots, hash, |held| held == Self::EMPTY);
            self.slots[at] = no;
        }
    }
}

/// The first slot for a hash: its share of the whole range.
#[inline]
pub(super) fn home(hash: u64, slots: usize) -> usize {
    ((u128::from(hash) * slots as u128) >> 64) as usize
}

/// The first slot, from the home of the hash on, at which the search `ends`. At least one slot must end it.
#[inline]
pub(super) fn probe<T: Copy>(slots: &[T], hash: u64, ends: impl Fn(T) -> bool) -> usize {
    let mut at = home(hash, slots.len());
    while !ends(slots[at]) {
        at += 1;
        if at == slots.len() {
            at = 0;
        }
    }
    at
}
