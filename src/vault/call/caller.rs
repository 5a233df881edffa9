//! Who calls an operation, and whether they still wait for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::{Assertion, OperatorId, SessionId};

/// Who calls an operation: the operator of a live session, a stranger who signs in, or the vault itself. Only `vault`
/// makes one.
#[derive(Debug, Clone)]
pub struct Caller {
    who: Who,
    gone: Option<Arc<AtomicBool>>,
    said: Option<Arc<Said>>,
}

/// What came with a call from the caller's passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The caller wants to know what to sign; the act is not to be done.
    AsksChallenge,
    /// What the passkey signed.
    Signed(Assertion),
    /// Something that is no assertion.
    Unreadable,
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

/// Held by the task that waits for the answer. Once it is dropped, the work for the caller may stop, because nobody
/// would read its result.
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
        Self {
            who,
            gone: None,
            said: None,
        }
    }

    /// The same caller, and a guard. The caller waits for an answer until the guard is dropped.
    pub fn waiting(self) -> (Self, Waiting) {
        let gone = Arc::new(AtomicBool::new(false));
        let caller = Self {
            who: self.who,
            gone: Some(Arc::clone(&gone)),
            said: self.said,
        };
        (caller, Waiting(gone))
    }

    /// The same caller, with what came from their passkey.
    pub fn saying(self, said: Option<Said>) -> Self {
        Self {
            said: said.map(Arc::new),
            ..self
        }
    }

    /// Whether the call is only to find out what to sign.
    pub fn asks_challenge(&self) -> bool {
        self.said.as_deref() == Some(&Said::AsksChallenge)
    }

    /// What came from the caller's passkey with this call.
    pub(in crate::vault) fn said(&self) -> Option<&Said> {
        self.said.as_deref()
    }

    /// Whether the caller has stopped waiting for the answer.
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
