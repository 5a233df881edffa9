//! An exhibit whose admission has begun.

use serde_json::{Value, json};

use crate::domain::{CaseId, ExhibitId};
use crate::vault::call::answer::Answer;
use crate::vault::call::receipt::Receipt;
use crate::vault::error::OperationError;
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::ExhibitNumber;

/// A staged exhibit, and how many terms its case had at that moment.
#[derive(Clone)]
pub(super) struct Begun {
    pub(super) case: CaseId,
    pub(super) case_number: CaseNumber,
    pub(super) exhibit: ExhibitId,
    pub(super) number: ExhibitNumber,
    /// Terms of the case that are visible.
    pub(super) visible_numbers: u32,
    pub(super) visible_users: u32,
}

impl Answer for Begun {
    type View = Value;

    fn view(self, _: &Receipt) -> Result<Value, OperationError> {
        Ok(json!({ "exhibit": self.exhibit }))
    }
}
