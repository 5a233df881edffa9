//! What is handed to the ledger's thread: acts, and staging steps.

use std::sync::mpsc::SyncSender;

use super::draft::Draft;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Unaudited;
use crate::vault::store::{StoreError, Transaction};

/// An act that has run inside the transaction: its leaf, and what to do once the
/// transaction has ended one way or the other.
pub(crate) struct Acted {
    pub(crate) draft: Draft,
    pub(crate) done: Done,
}

/// Told once whether the leaf is durable.
pub(super) type Done = Box<dyn FnOnce(Result<Receipt, Unaudited>) + Send>;

/// An act that runs inside the transaction. It gets the position of its leaf.
pub(super) type Act = Box<dyn FnOnce(&Transaction, u64) -> Acted + Send>;
/// Rows that prepare an admission and are not visible yet.
pub(super) type Stage = Box<dyn FnOnce(&Transaction) -> Result<(), StoreError> + Send>;
/// Where the outcome of a staging step goes.
pub(super) type Staged = SyncSender<Result<(), StageError>>;

/// A staging step was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageError {
    Store(StoreError),
    Stopped,
}
