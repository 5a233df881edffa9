//! What an operation answers.
//!
//! Sees the answer's own values. Its bytes exist only under a receipt.

use super::receipt::Receipt;
use super::wire::Wire;
use crate::vault::error::OperationError;

/// What comes back. There are no bytes without a receipt.
pub trait Answer: Send + 'static {
    /// Whether the bytes are made in some microseconds, and need no thread.
    const SMALL: bool = false;

    fn body(self, receipt: &Receipt) -> Result<Wire, OperationError>;
}
