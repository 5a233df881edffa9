//! Destroyed cases that could not be ended, and cases with an erasure that could not be, in memory: for health, metrics
//! and the inbox.
//!
//! Whoever deletes keys and rows, or overwrites what is stored of a number, says here what failed (`vault/shred.rs`,
//! `vault/erase.rs`). A start tries at once, so what is told after it is not older than that.

use std::sync::{Mutex, PoisonError};

use crate::domain::{CaseId, Moment};

/// A destruction, or an erasure in a case, that was carried out and that a fault keeps from its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUp {
    /// The case.
    pub case: CaseId,
    /// When it failed first; every try since then failed too.
    pub since: Moment,
}

/// All of them, as they come and go.
#[derive(Default)]
pub(in crate::vault) struct HeldUpCases(Mutex<Vec<HeldUp>>);

impl HeldUpCases {
    pub(in crate::vault) fn all(&self) -> Vec<HeldUp> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(in crate::vault) fn failed(&self, case: &CaseId, at: Moment) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.iter().all(|one| one.case != *case) {
            all.push(HeldUp {
                case: case.clone(),
                since: at,
            });
        }
    }

    pub(in crate::vault) fn ended(&self, case: &CaseId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.case != *case);
    }
}
