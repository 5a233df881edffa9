//! What an admission left that could not be removed when it ended, as on a full disk: removed with a later commit. So
//! is an exhibit of which the first commit had no answer: it may be there or not, and is nobody else's.

use std::sync::{Mutex, PoisonError};

use crate::domain::{ExhibitId, Field};
use crate::policy::CaseState;
use crate::vault::store::case_rows::{self, CaseNumber};
use crate::vault::store::exhibit_rows::{self, ExhibitNumber};
use crate::vault::store::term_rows::Terms;
use crate::vault::store::{StoreError, Transaction};

/// An exhibit that may be staged, by its id: what was written for it goes, and the terms of its case above the visible
/// ones.
#[derive(Debug, Clone)]
pub(in crate::vault) struct Leftover(pub(in crate::vault) ExhibitId);

/// What waits to be removed. As long as it does, nothing else is admitted to its case.
#[derive(Debug, Default)]
pub(in crate::vault) struct Leftovers(Mutex<Vec<Leftover>>);

impl Leftover {
    /// Removes it, unless it is gone, or was admitted after all by a commit whose end nobody knew.
    pub(in crate::vault) fn discard(&self, transaction: &Transaction) -> Result<(), StoreError> {
        match exhibit_rows::staged_as(transaction, &self.0)? {
            Some((exhibit, case)) => discard_staged(transaction, exhibit, case),
            None => Ok(()),
        }
    }
}

/// Removes a staged exhibit. As long as it was there, nothing else was admitted to its case.
pub(in crate::vault) fn discard_staged(
    transaction: &Transaction,
    exhibit: ExhibitNumber,
    case: CaseNumber,
) -> Result<(), StoreError> {
    exhibit_rows::discard(transaction, exhibit)?;
    let row = case_rows::find_by_number(transaction, case)?;
    let row = row.ok_or(StoreError::inconsistent("leftovers::case"))?;
    // The terms of a destroyed case go in small steps.
    if row.state == CaseState::Destroyed {
        return Ok(());
    }
    for (field, visible) in [(Field::Number, row.numbers), (Field::User, row.users)] {
        Terms { case, field }.discard_above(transaction, visible)?;
    }
    Ok(())
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
