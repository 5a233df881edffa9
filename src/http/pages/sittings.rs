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
pub(in crate::http) struct Sittings(Mutex<HashMap<OperatorId, Sitting>>);

impl Sittings {
    pub(super) fn of(&self, operator: Option<&OperatorId>) -> Sitting {
        let sittings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = operator.and_then(|operator| sittings.get(operator));
        found.cloned().unwrap_or_default()
    }

    /// Keeps what was given; what is empty does not take the place of what was given before.
    pub(super) fn keep(&self, operator: &OperatorId, purpose: &str, reason: &str) {
        let mut sittings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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

    pub(super) fn forget(&self, operator: &OperatorId) {
        let mut sittings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sittings.remove(operator);
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
        sittings.forget(&operator);
        assert_eq!(sittings.of(Some(&operator)), Sitting::default());
        assert_eq!(sittings.of(None), Sitting::default());
    }
}
