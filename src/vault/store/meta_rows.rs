//! Table `meta`: the vault's id.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn insert(connection: &Transaction, key: &str, value: &str) -> Result<(), StoreError> {
    connection
        .execute(
            "-- meta::insert\nINSERT INTO meta (key, value) VALUES (?1, ?2)",
            params![key, value],
        )
        .map_err(at("meta::insert"))?;
    Ok(())
}

pub(crate) fn find(connection: &Snapshot, key: &str) -> Result<Option<String>, StoreError> {
    connection
        .query_row(
            "-- meta::find\nSELECT value FROM meta WHERE key = ?1",
            params![key],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("meta::find"))
}
