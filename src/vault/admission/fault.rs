//! What can go wrong while rows are coded and sealed, in the vault's words.

use crate::vault::columns::CodecError;
use crate::vault::error::OperationError;
use crate::vault::ledger::StageError;
use crate::vault::plaintext::SealError;

pub(super) fn codec(error: CodecError) -> OperationError {
    match error {
        CodecError::TooMany => OperationError::Unreadable {
            kind: "too-large",
            explanation: "the file holds more distinct values than a case can; split it".to_owned(),
        },
        _ => OperationError::Internal("a column could not be encoded"),
    }
}

pub(super) fn seal(_: SealError) -> OperationError {
    OperationError::Internal("a part could not be sealed")
}

pub(super) fn stage(error: StageError) -> OperationError {
    match error {
        StageError::Store(error) => OperationError::Store(error),
        StageError::Stopped => OperationError::Internal("the ledger has stopped"),
    }
}
