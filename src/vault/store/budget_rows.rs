//! Table `budget`: what an operator has spent in a case, as a leaking bucket.

use rusqlite::{OptionalExtension, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::{Moment, OperatorId};

pub(crate) fn find(
    connection: &Snapshot,
    operator: &OperatorId,
    case: CaseNumber,
) -> Result<Option<(f64, Moment)>, StoreError> {
    let failed = at("budget::find");
    let mut statement = connection
        .prepare_cached("-- budget::find\nSELECT spent, at FROM budget WHERE operator = ?1 AND case_number = ?2")
        .map_err(&failed)?;
    statement
        .query_row(params![operator.as_str(), case.0], |row| {
            Ok((row.get(0)?, Moment::from_seconds(row.get(1)?)))
        })
        .optional()
        .map_err(&failed)
}

pub(crate) fn upsert(
    connection: &Transaction,
    operator: &OperatorId,
    case: CaseNumber,
    spent: f64,
    at_moment: Moment,
) -> Result<(), StoreError> {
    let failed = at("budget::upsert");
    let changed = connection
        .prepare_cached(
            "-- budget::upsert
             INSERT INTO budget (operator, case_number, spent, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (operator, case_number) DO UPDATE SET spent = excluded.spent, at = excluded.at",
        )
        .map_err(&failed)?
        .execute(params![operator.as_str(), case.0, spent, at_moment.seconds()])
        .map_err(&failed)?;
    one("budget::upsert", changed)
}
