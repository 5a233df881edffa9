//! What a file that cannot be read is called in answers and leaves.

use crate::ingest::{IngestError, ZipFault};
use crate::vault::OperationError;

/// The error's own words name lines and columns, never a cell.
pub(super) fn unreadable(error: IngestError) -> OperationError {
    OperationError::Unreadable {
        kind: kind(&error),
        explanation: error.to_string(),
    }
}

fn kind(error: &IngestError) -> &'static str {
    match error {
        IngestError::Empty => "empty",
        IngestError::NoHeader => "no-header",
        IngestError::UnknownFormat { .. } => "unknown-format",
        IngestError::AmbiguousFormat { .. } => "ambiguous-format",
        IngestError::NotThisFormat { .. } => "not-this-format",
        IngestError::MissingColumn { .. } => "missing-column",
        IngestError::TwoColumns { .. } => "two-columns",
        IngestError::ContentColumn { .. } => "content-column",
        IngestError::NotRead { .. } => "not-read",
        IngestError::ZoneNeeded { .. } => "zone-needed",
        IngestError::CutOff { .. } => "cut-off",
        IngestError::Damaged { .. } => "damaged-file",
        IngestError::Bomb { .. } => "bomb",
        IngestError::RecordTooLong { .. } => "record-too-long",
        IngestError::NotText { .. } => "not-text",
        IngestError::NotThisContainer { .. } => "not-this-container",
        IngestError::Mapping { .. } => "mapping",
        IngestError::PackedTwice => "packed-twice",
        IngestError::Zip(fault) => match fault {
            ZipFault::Empty => "zip-empty",
            ZipFault::Several => "zip-several-files",
            ZipFault::Folder => "zip-folder",
            ZipFault::Encrypted => "zip-encrypted",
            ZipFault::Split => "zip-split",
            ZipFault::Method => "zip-method",
        },
        IngestError::BrokenJson { .. } => "broken-json",
        IngestError::Io(_) => "io",
    }
}
