//! What was given last in each session as purpose and reason, so that they are asked once for a sitting.
//!
//! In memory only and bounded, so that nothing of it is on a disk or in a browser. A new session of the same operator
//! goes on with what the last one gave; forgotten at sign-out and when the vault stops.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::console::Sitting;
use crate::domain::{OperatorId, Purpose, Reason, SessionId};
use crate::vault::Caller;

/// The most sessions, and the most operators, of whom it is kept. If there are more, all are forgotten.
const MOST: usize = 10_000;

#[derive(Default)]
pub(in crate::http) struct Sittings(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    of_sessions: HashMap<SessionId, Sitting>,
    /// What the next session goes on with.
    last: HashMap<OperatorId, Sitting>,
    /// A reason for one form alone, which waits for the page of the form at this path.
    typed: HashMap<SessionId, (String, Reason)>,
}

impl Sittings {
    pub(super) fn of(&self, caller: &Caller) -> Sitting {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = caller.session_id();
        let found = found.and_then(|session| kept.of_sessions.get(session));
        found.cloned().unwrap_or_default()
    }

    /// Goes on in a new session.
    pub(super) fn begin(&self, caller: &Caller) {
        let (Some(operator), Some(session)) = (caller.operator_id(), caller.session_id()) else {
            return;
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = kept.last.get(operator).cloned() {
            room(&mut kept.of_sessions).insert(session.clone(), last);
        }
    }

    pub(super) fn keep(&self, caller: &Caller, purpose: Purpose, reason: &Reason) {
        let (Some(operator), Some(session)) = (caller.operator_id(), caller.session_id()) else {
            return;
        };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sitting = room(&mut kept.of_sessions)
            .entry(session.clone())
            .or_default();
        sitting.purpose = purpose.as_str().to_owned();
        sitting.reason = reason.as_str().to_owned();
        let last = Sitting {
            done: None,
            ..sitting.clone()
        };
        room(&mut kept.last).insert(operator.clone(), last);
    }

    /// Notes the leaf of what was just done in a session.
    pub(super) fn did(&self, caller: &Caller, leaf: u64) {
        if let Some(session) = caller.session_id() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let sittings = room(&mut kept.of_sessions);
            sittings.entry(session.clone()).or_default().done = Some(leaf);
        }
    }

    /// Keeps a reason that was typed into a form which could not be sent.
    pub(super) fn wait(&self, caller: &Caller, path: &str, reason: Reason) {
        if let Some(session) = caller.session_id() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            room(&mut kept.typed).insert(session.clone(), (path.to_owned(), reason));
        }
    }

    /// The reason that waits for the form on this page.
    pub(super) fn typed(&self, caller: &Caller, path: &str) -> Option<Reason> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (waits_at, reason) = kept.typed.remove(caller.session_id()?)?;
        (waits_at == path).then_some(reason)
    }

    pub(super) fn forget(&self, caller: &Caller) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(operator) = caller.operator_id() {
            kept.last.remove(operator);
        }
        if let Some(session) = caller.session_id() {
            kept.of_sessions.remove(session);
            kept.typed.remove(session);
        }
    }
}

fn room<K, V>(kept: &mut HashMap<K, V>) -> &mut HashMap<K, V> {
    if kept.len() >= MOST {
        kept.clear();
    }
    kept
}
