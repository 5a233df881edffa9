//! So many at a time: the places of those who ask, and of those who are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) struct Places {
    taken: Arc<AtomicUsize>,
    most: usize,
}

/// Gives the place back.
pub(super) struct Place(Arc<AtomicUsize>);

impl Places {
    pub(super) fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
        }
    }

    /// A place, if one is free.
    pub(super) fn take(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.taken));
        let taken = self.taken.fetch_add(1, Ordering::AcqRel);
        (taken < self.most).then_some(place)
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
