//! Table `release`: protected tables that were given out, sealed.

use rusqlite::params;

use super::case_rows::CaseNumber;
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// Adds a release under the number the caller sealed it for.
pub(crate) fn insert(
    connection: &Transaction,
    no: i64,
    case: CaseNumber,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- release::insert\nINSERT INTO release (no, case_number, sealed) VALUES (?1, ?2, ?3)",
            params![no, case.0, sealed],
        )
        .map_err(at("release::insert"))?;
    one("release::insert", changed)
}

pub(crate) fn next_no(connection: &Snapshot) -> Result<i64, StoreError> {
    connection
        .query_row(
            "-- release::next_no\nSELECT coalesce(max(no), 0) + 1 FROM release",
            [],
            |row| row.get(0),
        )
        .map_err(at("release::next_no"))
}

pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let failed = at("release::list");
    let mut statement = connection
        .prepare_cached(
            "-- release::list\nSELECT no, sealed FROM release WHERE case_number = ?1 ORDER BY no",
        )
        .map_err(&failed)?;
    statement
        .query_map(params![case.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(&failed)?
        .collect::<Result<_, _>>()
        .map_err(&failed)
}
