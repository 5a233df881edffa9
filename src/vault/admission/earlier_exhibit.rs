//! An exhibit that was admitted before the one that is being admitted.

use crate::domain::ExhibitId;
use crate::vault::error::OperationError;
use crate::vault::store::exhibit_rows::ExhibitNumber;

#[derive(Clone)]
pub(super) struct EarlierExhibit {
    pub(super) number: ExhibitNumber,
    pub(super) id: ExhibitId,
    pub(super) blocks: u32,
    /// Whether its references are ids of messages.
    pub(super) ids: bool,
    /// Whether a time of its file was written to the minute.
    pub(super) minutes: bool,
}

impl EarlierExhibit {
    /// The error for a part of it that is missing or does not open.
    pub(super) fn damaged(&self, part: &str) -> OperationError {
        OperationError::Damaged {
            place: format!("exhibit {}, {part}", self.id),
        }
    }
}
