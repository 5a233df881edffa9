//! Table `budget`: what an operator has spent in a case, as a leaking bucket.

use super::case_rows::CaseNumber;
use super::control::{BUDGET, Cell, int, real, text};
use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{Moment, OperatorId};

pub(crate) fn find(
    connection: &Snapshot,
    operator: &OperatorId,
    case: CaseNumber,
) -> Result<Option<(f64, Moment)>, StoreError> {
    let failed = at("budget::find");
    connection.row(&BUDGET, &key(operator, case), |row| {
        let seconds = row.get("at").map_err(&failed)?;
        Ok((
            row.get("spent").map_err(&failed)?,
            Moment::from_seconds(seconds),
        ))
    })
}

pub(crate) fn upsert(
    connection: &Transaction,
    operator: &OperatorId,
    case: CaseNumber,
    spent: f64,
    at_moment: Moment,
) -> Result<(), StoreError> {
    let set = [("spent", real(spent)), ("at", int(at_moment.seconds()))];
    connection.put(&BUDGET, &key(operator, case), &set)
}

fn key(operator: &OperatorId, case: CaseNumber) -> [Cell<'_>; 2] {
    [
        ("operator", text(operator.as_str())),
        ("case_number", int(case.0)),
    ]
}
