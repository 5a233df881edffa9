//! Tells whether the facts behind a decision may have changed.
//!
//! Facts are rows that only writing acts change, and writing acts run only on the ledger's thread. That thread counts
//! editions: the number is odd while a transaction with a writing act is open, and even otherwise. If a reader takes an
//! even edition before its snapshot and finds the same one later, no writing act ran in between.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub(in crate::vault) struct Editions(AtomicU64);

/// The state of the facts at one moment. Equal editions have equal facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Edition(u64);

impl Editions {
    /// The present edition; `None` while a writing act runs. Take it before the snapshot begins.
    pub(in crate::vault) fn now(&self) -> Option<Edition> {
        let edition = self.0.load(Ordering::SeqCst);
        edition.is_multiple_of(2).then_some(Edition(edition))
    }

    /// Whether nothing has changed since.
    pub(in crate::vault) fn is_still(&self, edition: Option<Edition>) -> bool {
        edition.is_some() && edition == self.now()
    }

    /// Call it when a writing act begins, on the ledger's thread only.
    pub(in crate::vault) fn begin_change(&self) {
        if self.now().is_some() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Call it when the transaction was committed or rolled back, on the ledger's thread only.
    pub(in crate::vault) fn end_change(&self) {
        if self.now().is_none() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_still_one_only_while_nothing_is_written() {
        let editions = Editions::default();
        let before = editions.now();
        assert!(editions.is_still(before));
        editions.end_change();
        assert!(editions.is_still(before));
        editions.begin_change();
        editions.begin_change();
        assert!(!editions.is_still(before));
        let within = editions.now();
        assert!(within.is_none() && !editions.is_still(within));
        editions.end_change();
        assert!(!editions.is_still(before) && !editions.is_still(within));
        assert!(editions.is_still(editions.now()));
    }
}
