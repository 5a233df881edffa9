//! Who is at the door, and whether they still wait there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::{OperatorId, SessionId};

/// Somebody asking. Made in `vault` only: by a live session, by somebody at
/// sign-in, or by the vault itself.
#[derive(Debug, Clone)]
pub struct Caller {
    who: Who,
    gone: Option<Arc<AtomicBool>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) enum Who {
    Stranger,
    System,
    Operator {
        operator: OperatorId,
        session: SessionId,
    },
}

/// Held by whoever waits for an answer. When it goes, the work that was begun for
/// the caller may stop: nobody would read what comes of it.
#[must_use = "dropped at once, it says that nobody waits"]
pub struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Caller {
    pub(in crate::vault) fn stranger() -> Self {
        Self::of(Who::Stranger)
    }

    pub(in crate::vault) fn system() -> Self {
        Self::of(Who::System)
    }

    pub(in crate::vault) fn operator(operator: OperatorId, session: SessionId) -> Self {
        Self::of(Who::Operator { operator, session })
    }

    fn of(who: Who) -> Self {
        Self { who, gone: None }
    }

    /// The same caller, whose wait for an answer ends with the second part.
    pub fn waiting(self) -> (Self, Waiting) {
        let gone = Arc::new(AtomicBool::new(false));
        let caller = Self {
            who: self.who,
            gone: Some(Arc::clone(&gone)),
        };
        (caller, Waiting(gone))
    }

    /// Whether the caller waited for an answer and does so no more.
    pub(in crate::vault) fn is_gone(&self) -> bool {
        let gone = self.gone.as_ref();
        gone.is_some_and(|gone| gone.load(Ordering::Relaxed))
    }

    pub(in crate::vault) fn who(&self) -> &Who {
        &self.who
    }

    /// The operator of the caller's session; `None` for a stranger and for the vault itself.
    pub fn operator_id(&self) -> Option<&OperatorId> {
        match &self.who {
            Who::Operator { operator, .. } => Some(operator),
            Who::Stranger | Who::System => None,
        }
    }

    /// The caller's session; `None` for a stranger and for the vault itself.
    pub fn session_id(&self) -> Option<&SessionId> {
        match &self.who {
            Who::Operator { session, .. } => Some(session),
            Who::Stranger | Who::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_gone_when_the_wait_has_ended_and_not_before() {
        assert!(!Caller::system().is_gone());
        let (caller, waiting) = Caller::system().waiting();
        let at_work = caller.clone();
        assert!(!at_work.is_gone());
        drop(waiting);
        assert!(at_work.is_gone() && caller.is_gone());
    }
}
