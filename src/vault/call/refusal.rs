//! The ways in which `perform` refuses.

use crate::policy::Denial;
use crate::vault::call::receipt::Receipt;
use crate::vault::error::OperationError;

/// Why there is no answer. A denial and a failure have a leaf. If no leaf could be written, nothing was done and
/// nothing is disclosed.
#[derive(Debug)]
pub enum Refusal {
    /// The policy forbids it. The leaf says denied.
    Denied(Denial, Receipt),
    /// It was allowed and went wrong. The leaf says failed.
    Failed(OperationError, Receipt),
    /// The leaf could not be made durable, or too many wait for the ledger.
    Unaudited(Unaudited),
}

/// Why no leaf could be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unaudited {
    /// The disk did not take the leaf.
    NotDurable,
    /// The ledger's queue is full; asking again later helps.
    Busy,
    /// The vault is stopping.
    Stopped,
}
