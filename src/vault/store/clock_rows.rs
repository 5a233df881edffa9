//! Table `clock`: the latest time the vault has seen, in one row, sealed.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn upsert(connection: &Transaction, sealed: &[u8]) -> Result<(), StoreError> {
    let failed = at("clock::upsert");
    let changed = connection
        .prepare_cached(
            "-- clock::upsert
             INSERT INTO clock (one, sealed) VALUES (1, ?1)
             ON CONFLICT (one) DO UPDATE SET sealed = excluded.sealed",
        )
        .map_err(&failed)?
        .execute(params![sealed])
        .map_err(&failed)?;
    one("clock::upsert", changed)
}

pub(crate) fn find(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row("-- clock::find\nSELECT sealed FROM clock", [], |row| {
            row.get(0)
        })
        .optional()
        .map_err(at("clock::find"))
}
