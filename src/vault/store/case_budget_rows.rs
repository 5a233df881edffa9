//! Table `case_budget`: what all together have asked of a case, one row for its team and one for each
//! account that has liaisons. Read and written whole.

use rusqlite::{OptionalExtension, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Daily;

/// `party` is empty for the team, and a keyed tag of the account for its liaisons.
pub(crate) fn find(
    connection: &Snapshot,
    case: CaseNumber,
    party: &[u8],
) -> Result<Daily, StoreError> {
    let failed = at("case_budget::find");
    let days: Option<Vec<u8>> = connection
        .prepare_cached(
            "-- case_budget::find
             SELECT days FROM case_budget WHERE case_number = ?1 AND party = ?2",
        )
        .map_err(&failed)?
        .query_row(params![case.0, party], |row| row.get(0))
        .optional()
        .map_err(&failed)?;
    match days {
        Some(days) => Daily::from_bytes(&days).ok_or(StoreError::inconsistent("case_budget::find")),
        None => Ok(Daily::default()),
    }
}

pub(crate) fn upsert(
    connection: &Transaction,
    case: CaseNumber,
    party: &[u8],
    days: &Daily,
) -> Result<(), StoreError> {
    let failed = at("case_budget::upsert");
    let changed = connection
        .prepare_cached(
            "-- case_budget::upsert
             INSERT INTO case_budget (case_number, party, days) VALUES (?1, ?2, ?3)
             ON CONFLICT (case_number, party) DO UPDATE SET days = excluded.days",
        )
        .map_err(&failed)?
        .execute(params![case.0, party, days.to_bytes()])
        .map_err(&failed)?;
    one("case_budget::upsert", changed)
}
