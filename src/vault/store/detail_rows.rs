//! Table `detail`: the sealed text that a leaf commits to.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn insert(connection: &Transaction, seq: u64, sealed: &[u8]) -> Result<(), StoreError> {
    let failed = at("detail::insert");
    let changed = connection
        .prepare_cached("-- detail::insert\nINSERT INTO detail (seq, sealed) VALUES (?1, ?2)")
        .map_err(&failed)?
        .execute(params![i64::try_from(seq).unwrap_or(i64::MAX), sealed])
        .map_err(&failed)?;
    one("detail::insert", changed)
}

/// The sealed detail; `None` once it was erased.
pub(crate) fn find(connection: &Snapshot, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row(
            "-- detail::find\nSELECT sealed FROM detail WHERE seq = ?1",
            params![i64::try_from(seq).unwrap_or(i64::MAX)],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("detail::find"))
}
