//! Table `checkpoint`: the newest signed statement of the log's size and root, and the sealed sums of the control rows
//! that belong to it.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// Replaces checkpoint and seal. A smaller checkpoint is an error.
pub(crate) fn put(
    connection: &Transaction,
    size: u64,
    note: &str,
    control: &[u8],
) -> Result<(), StoreError> {
    let failed = at("checkpoint::put");
    let changed = connection
        .prepare_cached(
            "-- checkpoint::put
             INSERT INTO checkpoint (one, size, note, control) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT (one)
             DO UPDATE SET size = excluded.size, note = excluded.note, control = excluded.control
             WHERE excluded.size >= checkpoint.size",
        )
        .map_err(&failed)?
        .execute(params![
            i64::try_from(size).unwrap_or(i64::MAX),
            note,
            control
        ])
        .map_err(&failed)?;
    one("checkpoint::put", changed)
}

/// The size of the newest checkpoint, and its signed note.
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

/// The seal over the control rows.
pub(crate) fn control_seal(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row(
            "-- checkpoint::control\nSELECT control FROM checkpoint",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(at("checkpoint::control"))
}
