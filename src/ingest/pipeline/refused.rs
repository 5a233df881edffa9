//! What a file that cannot be read is in answers and leaves.

use crate::ingest::error::IngestError;
use crate::vault::OperationError;

impl From<IngestError> for OperationError {
    /// The message of the error names lines and columns, never a cell, and may be answered.
    fn from(error: IngestError) -> Self {
        Self::Unreadable {
            kind: error.kind(),
            explanation: error.to_string(),
        }
    }
}
