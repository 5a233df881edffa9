//! Whether what decisions rest on may have changed.
//!
//! Facts are rows that writing acts change, and writing acts run on the ledger's
//! thread alone. It counts here: odd while a transaction with a writing act is
//! under way, even else. Who read an even edition before a snapshot and finds the
//! same one later knows that no writing act ran in between.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub(in crate::vault) struct Editions(AtomicU64);

/// The state of the facts at one moment; equal ones have equal facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vault) struct Edition(u64);

impl Editions {
    /// The edition now, to be asked before a snapshot begins; none while a writing
    /// act is under way.
    pub(in crate::vault) fn now(&self) -> Option<Edition> {
        let edition = self.0.load(Ordering::SeqCst);
        edition.is_multiple_of(2).then_some(Edition(edition))
    }

    /// Whether nothing has changed since.
    pub(in crate::vault) fn is_still(&self, edition: Option<Edition>) -> bool {
        edition.is_some() && edition == self.now()
    }

    /// A writing act begins. The ledger's thread only.
    pub(in crate::vault) fn begin_change(&self) {
        if self.now().is_some() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The transaction has ended, one way or the other. The ledger's thread only.
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
