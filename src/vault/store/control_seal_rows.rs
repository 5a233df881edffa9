//! Table `control_seal`: the sealed sums of the control rows, valid for the newest checkpoint.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn replace(connection: &Transaction, sealed: &[u8]) -> Result<(), StoreError> {
    let failed = at("control_seal::replace");
    let changed = connection
        .prepare_cached(
            "-- control_seal::replace
             INSERT INTO control_seal (one, sealed) VALUES (1, ?1)
             ON CONFLICT (one) DO UPDATE SET sealed = excluded.sealed",
        )
        .map_err(&failed)?
        .execute(params![sealed])
        .map_err(&failed)?;
    one("control_seal::replace", changed)
}

pub(crate) fn find(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row(
            "-- control_seal::find\nSELECT sealed FROM control_seal",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("control_seal::find"))
}
