//! What the tables `erasure` and `release` have in common: rows of a case, each sealed for the number under which it is
//! stored.

use super::case_rows::CaseNumber;
use super::control::{Cell, ControlTable, blob, int};
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// One such table, and the names of its statements in errors.
pub(crate) struct SealedList {
    pub(super) table: &'static ControlTable,
    pub(super) list: &'static str,
    pub(super) set: &'static str,
    pub(super) remove: &'static str,
}

impl SealedList {
    /// Adds a row under the number the caller sealed it for.
    pub(crate) fn insert(
        &self,
        connection: &Transaction,
        no: i64,
        case: CaseNumber,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let cells = [
            ("no", int(no)),
            ("case_number", int(case.0)),
            ("sealed", blob(sealed)),
        ];
        connection.insert(self.table, &cells)
    }

    pub(crate) fn next_no(&self, connection: &Snapshot) -> Result<i64, StoreError> {
        connection.next_number(self.table)
    }

    /// The rows of a case, in the order of their numbers.
    pub(crate) fn list(
        &self,
        connection: &Snapshot,
        case: CaseNumber,
    ) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let failed = at(self.list);
        let mut all = connection.rows(self.table, &of_case(case), |row| {
            Ok((
                row.get::<i64>("no").map_err(&failed)?,
                row.get("sealed").map_err(&failed)?,
            ))
        })?;
        all.sort_by_key(|(no, _)| *no);
        Ok(all)
    }

    /// A name for what the rows of a case are now; another one when one is added or set. None while that is under way.
    pub(crate) fn mark(
        &self,
        connection: &Snapshot,
        case: CaseNumber,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        connection.steady(self.table, &of_case(case))
    }

    /// Puts another sealed value in the place of that of a row.
    pub(crate) fn set(
        &self,
        connection: &Transaction,
        no: i64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let set = [("sealed", blob(sealed))];
        let changed = connection.update(self.table, &[("no", int(no))], &[], &set)?;
        one(self.set, usize::from(changed))
    }

    /// Removes a row of a destroyed case.
    pub(crate) fn remove(&self, connection: &Transaction, no: i64) -> Result<(), StoreError> {
        let changed = connection.delete(self.table, &[("no", int(no))], &[])?;
        one(self.remove, usize::from(changed))
    }
}

fn of_case(case: CaseNumber) -> [Cell<'static>; 1] {
    [("case_number", int(case.0))]
}
