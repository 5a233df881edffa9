//! What each operator gave last as purpose and reason, so that they are asked once for a sitting.
//!
//! In memory only and bounded, so that nothing of it is on a disk or in a browser. Kept when a session ends, so that
//! the next one goes on; forgotten at sign-out and when the vault stops.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::console::Sitting;
use crate::domain::OperatorId;

/// The most operators whose sitting is kept. If there are more, all are forgotten.
const OPERATORS: usize = 10_000;

#[derive(Default)]
pub(in crate::http) struct Sittings {
    kept: Mutex<HashMap<OperatorId, Sitting>>,
    /// The reason of one form of each operator, by the path of its page.
    waiting: Mutex<HashMap<OperatorId, (String, String)>>,
}

impl Sittings {
    pub(super) fn of(&self, operator: Option<&OperatorId>) -> Sitting {
        let sittings = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = operator.and_then(|operator| sittings.get(operator));
        found.cloned().unwrap_or_default()
    }

    /// Keeps what was given; what is empty does not take the place of what was given before.
    pub(super) fn keep(&self, operator: &OperatorId, purpose: &str, reason: &str) {
        let mut sittings = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if sittings.len() >= OPERATORS && !sittings.contains_key(operator) {
            sittings.clear();
        }
        let sitting = sittings.entry(operator.clone()).or_default();
        if !purpose.is_empty() {
            sitting.purpose = purpose.to_owned();
        }
        if !reason.is_empty() {
            sitting.reason = reason.to_owned();
        }
    }

    /// Keeps the reason of one form until its page is shown to its operator again.
    pub(super) fn wait(&self, operator: &OperatorId, address: &str, reason: &str) {
        if reason.is_empty() {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= OPERATORS {
            waiting.clear();
        }
        let path = address.split('?').next().unwrap_or_default().to_owned();
        waiting.insert(operator.clone(), (path, reason.to_owned()));
    }

    /// The reason that waits for this page, once.
    pub(super) fn take_waiting(&self, operator: Option<&OperatorId>, path: &str) -> String {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |operator: &&OperatorId| {
            let found = waiting.get(*operator);
            found.is_some_and(|(waits_at, _)| waits_at == path)
        };
        let taken = operator.filter(waits).cloned();
        let taken = taken.and_then(|operator| waiting.remove(&operator));
        taken.map(|(_, reason)| reason).unwrap_or_default()
    }

    pub(super) fn forget(&self, operator: &OperatorId) {
        let mut sittings = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        sittings.remove(operator);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(operator);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sitting_keeps_what_was_given_until_it_is_forgotten() {
        let sittings = Sittings::default();
        let operator: OperatorId = "o_0123456789abcdefghjk".parse().unwrap();
        sittings.keep(&operator, "scoping", "the first reason");
        sittings.keep(&operator, "", "the second reason");
        let kept = sittings.of(Some(&operator));
        assert_eq!(
            (kept.purpose.as_str(), kept.reason.as_str()),
            ("scoping", "the second reason")
        );
        sittings.wait(&operator, "/console/raises/x?a=b", "of one form");
        let take = |path| sittings.take_waiting(Some(&operator), path);
        assert_eq!(take("/console/raises"), "");
        assert_eq!(take("/console/raises/x"), "of one form");
        assert_eq!(take("/console/raises/x"), "");
        sittings.forget(&operator);
        assert_eq!(sittings.of(Some(&operator)), Sitting::default());
        assert_eq!(sittings.of(None), Sitting::default());
    }
}
