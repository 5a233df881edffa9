//! Errors of coding and staging rows, as errors of an operation.

use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::ledger::StageError;

pub(super) fn codec(error: CodecError) -> OperationError {
    match error {
        CodecError::TooMany => OperationError::Unreadable {
            kind: "too-large",
            explanation: "the file holds more distinct values than a case can; split it".to_owned(),
        },
        _ => OperationError::Internal("a column could not be encoded"),
    }
}

pub(super) fn stage(error: StageError) -> OperationError {
    match error {
        StageError::Store(error) => OperationError::Store(error),
        StageError::Stopped => OperationError::Internal("the ledger has stopped"),
    }
}
