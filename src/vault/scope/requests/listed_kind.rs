//! A kind of request where all kinds are gone through.

use std::sync::Arc;

use super::kind::RequestKind;
use super::resealed::{Resealed, stopped};
use super::waiting::{Place, WaitingView, add_waiting};
use crate::policy::{Action, ActionKind, RequestState};
use crate::vault::OperationError;
use crate::vault::core::Core;
use crate::vault::keyring::CaseKeys;
use crate::vault::scope::Reading;
use crate::vault::scope::by_whom::ByWhom;
use crate::vault::store::request_rows::RequestRow;

type AddWaiting = fn(&Reading<'_>, &Place<'_>, &mut Vec<WaitingView>) -> Result<(), OperationError>;
type StoppedBy = fn(&Core, &Arc<CaseKeys>, RequestRow, &ByWhom) -> Result<Resealed, OperationError>;

/// What is needed of a kind.
pub(in crate::vault) struct ListedKind {
    /// Its name, as the table has it.
    pub(in crate::vault) name: &'static str,
    /// The action that reads one.
    pub(super) read: ActionKind,
    /// The action that decides one.
    pub(in crate::vault::scope) decide: ActionKind,
    /// Whether a yes is all.
    pub(in crate::vault::scope) at_once: bool,
    pub(super) add_waiting: AddWaiting,
    pub(super) stopped: StoppedBy,
}

impl ListedKind {
    pub(super) const fn of<K: RequestKind>() -> Self {
        Self {
            name: K::NAME,
            read: <K::Read as Action>::KIND,
            decide: <K::Decide as Action>::KIND,
            at_once: K::AT_ONCE,
            add_waiting: add_waiting::<K>,
            stopped: stopped::<K>,
        }
    }

    /// Whether a request of this kind waits for a decision, or was approved and is not over by that.
    pub(in crate::vault::scope) fn is_open(&self, row: &RequestRow) -> bool {
        match row.state {
            RequestState::Requested => true,
            RequestState::Approved => !self.at_once,
            _ => false,
        }
    }
}
