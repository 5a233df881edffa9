//! What is handed to the ledger's thread: acts, and staging steps.

use std::sync::mpsc::SyncSender;

use super::draft::Draft;
use super::holds::Waiting;
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

/// Writes rows inside the transaction of a staging step.
type Rows = Box<dyn FnOnce(&Transaction) -> Result<(), StoreError> + Send>;

/// What is done between acts, without a leaf of its own.
pub(super) enum Stage {
    /// Rows that nobody sees: of an admission that is not finished, or of a case that was destroyed.
    Rows(Rows),
    /// The write-ahead log is emptied.
    EmptyLog,
    /// Writes the high-water mark anew.
    Mark,
    /// Goes on from where another node left the log, for readers that wait for it.
    GoOn(Waiting),
}
/// Where the outcome of a staging step goes.
pub(super) type Staged = SyncSender<Result<(), StageError>>;

/// A staging step was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageError {
    Store(StoreError),
    Stopped,
}
