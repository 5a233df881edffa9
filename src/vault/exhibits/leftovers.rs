//! What an admission left that could not be removed when it ended, as on a full disk: removed with a later commit.

use std::sync::{Mutex, PoisonError};

use crate::domain::{ExhibitId, Field};
use crate::vault::store::case_rows::CaseNumber;
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{StoreError, Transaction};

/// What was staged for an exhibit, and the terms of its case above the visible ones.
#[derive(Debug, Clone)]
pub(in crate::vault) struct Leftover {
    pub(in crate::vault) case: CaseNumber,
    pub(in crate::vault) exhibit: ExhibitNumber,
    pub(in crate::vault) id: ExhibitId,
    pub(in crate::vault) visible_numbers: u32,
    pub(in crate::vault) visible_users: u32,
}

/// What waits to be removed. As long as it does, nothing else is admitted to its case.
#[derive(Debug, Default)]
pub(in crate::vault) struct Leftovers(Mutex<Vec<Leftover>>);

impl Leftover {
    /// Removes it, unless it is gone, or was admitted after all by a commit whose end nobody knew.
    pub(in crate::vault) fn discard(&self, transaction: &Transaction) -> Result<(), StoreError> {
        if !exhibit_rows::is_staged(transaction, self.exhibit, &self.id)? {
            return Ok(());
        }
        exhibit_rows::discard(transaction, self.exhibit)?;
        let case = self.case;
        for (field, visible) in [
            (Field::Number, self.visible_numbers),
            (Field::User, self.visible_users),
        ] {
            Terms { case, field }.discard_above(transaction, visible)?;
        }
        Ok(())
    }
}

impl Leftovers {
    pub(in crate::vault) fn put(&self, leftover: Leftover) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(leftover);
    }

    /// Takes one, which is put back if it could not be removed.
    pub(in crate::vault) fn take(&self) -> Option<Leftover> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.pop()
    }
}
