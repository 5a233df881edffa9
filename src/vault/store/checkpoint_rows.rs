//! Table `checkpoint`: the newest signed statement of the log's size and root.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// Replaces the checkpoint by a larger one; a smaller one is an error.
pub(crate) fn advance(connection: &Transaction, size: u64, note: &str) -> Result<(), StoreError> {
    let failed = at("checkpoint::advance");
    let changed = connection
        .prepare_cached(
            "-- checkpoint::advance
             INSERT INTO checkpoint (one, size, note) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET size = excluded.size, note = excluded.note
             WHERE excluded.size > checkpoint.size",
        )
        .map_err(&failed)?
        .execute(params![i64::try_from(size).unwrap_or(i64::MAX), note])
        .map_err(&failed)?;
    one("checkpoint::advance", changed)
}

pub(crate) fn newest(connection: &Snapshot) -> Result<Option<(u64, String)>, StoreError> {
    let found: Option<(i64, String)> = connection
        .query_row(
            "-- checkpoint::newest\nSELECT size, note FROM checkpoint",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(at("checkpoint::newest"))?;
    found
        .map(|(size, note)| Ok((sound("checkpoint::size", u64::try_from(size))?, note)))
        .transpose()
}
