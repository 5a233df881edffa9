//! Stages rows of one exhibit, as long as it is being admitted.
//!
//! Another node may have removed it meanwhile, with its case or because this node seemed to be gone. What came after
//! that would stand in the tables and belong to nothing.

use crate::domain::ExhibitId;
use crate::vault::ledger::{StageError, Stager};
use crate::vault::store::{StoreError, Transaction, exhibit_rows};

#[derive(Clone)]
pub(super) struct ExhibitStager {
    stager: Stager,
    exhibit: ExhibitId,
}

impl ExhibitStager {
    pub(super) fn new(stager: Stager, exhibit: ExhibitId) -> Self {
        Self { stager, exhibit }
    }

    /// Writes rows in a transaction of their own, and waits for it. Fails if the exhibit is staged no longer.
    pub(super) fn stage(
        &self,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StageError> {
        let exhibit = self.exhibit.clone();
        self.stager.stage(move |rows| {
            let staged = exhibit_rows::staged_as(rows, &exhibit)?;
            staged.ok_or(StoreError::inconsistent("exhibit::staged"))?;
            step(rows)
        })
    }
}
