//! A kind of request where all kinds are gone through.

use super::kind::RequestKind;
use super::waiting::{Place, WaitingView, add_waiting};
use crate::policy::{Action, ActionKind};
use crate::vault::OperationError;
use crate::vault::scope::Reading;

type AddWaiting = fn(&Reading<'_>, &Place<'_>, &mut Vec<WaitingView>) -> Result<(), OperationError>;

/// What is needed of a kind.
pub(in crate::vault) struct ListedKind {
    /// Its name, as the table has it.
    pub(in crate::vault) name: &'static str,
    /// The action that reads one.
    pub(super) read: ActionKind,
    pub(super) add_waiting: AddWaiting,
}

impl ListedKind {
    pub(super) const fn of<K: RequestKind>() -> Self {
        Self {
            name: K::NAME,
            read: <K::Read as Action>::KIND,
            add_waiting: add_waiting::<K>,
        }
    }
}
