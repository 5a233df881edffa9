//! Table `checkpoint`: the newest signed statement of the log's size and root, and the sealed sums of the control rows
//! that belong to it.

use super::error::StoreError;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::values;

/// The first checkpoint of a log, or another in its place. A smaller checkpoint is an error.
pub(crate) fn put(
    connection: &Transaction,
    size: u64,
    note: &str,
    control: &[u8],
) -> Result<(), StoreError> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    connection.execute_one(
        "checkpoint::put",
        "-- checkpoint::put
         INSERT INTO checkpoint (one, size, note, control) VALUES (1, ?1, ?2, ?3)
         ON CONFLICT (one)
         DO UPDATE SET size = excluded.size, note = excluded.note, control = excluded.control
         WHERE excluded.size >= checkpoint.size",
        values![size, note, control],
    )
}

/// Replaces checkpoint and seal, if the head of the log is still at this checkpoint. What moved it, or a smaller
/// checkpoint, is an error.
pub(crate) fn move_on(
    connection: &Transaction,
    from: &str,
    size: u64,
    note: &str,
    control: &[u8],
) -> Result<(), StoreError> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    connection.execute_one(
        "checkpoint::move_on",
        "-- checkpoint::move_on
         UPDATE checkpoint SET size = ?2, note = ?3, control = ?4
         WHERE one = 1 AND note = ?1 AND size <= ?2",
        values![from, size, note, control],
    )
}

/// The size of the newest checkpoint, and its signed note.
pub(crate) fn newest(connection: &Snapshot) -> Result<Option<(u64, String)>, StoreError> {
    connection.first(
        "checkpoint::newest",
        "-- checkpoint::newest\nSELECT size, note FROM checkpoint",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How many leaves the newest checkpoint is of.
pub(crate) fn size(connection: &Snapshot) -> Result<Option<u64>, StoreError> {
    connection.first(
        "checkpoint::size",
        "-- checkpoint::size\nSELECT size FROM checkpoint",
        &[],
        |row| row.get(0),
    )
}

/// The seal over the control rows.
pub(crate) fn control_seal(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection.first(
        "checkpoint::control",
        "-- checkpoint::control\nSELECT control FROM checkpoint",
        &[],
        |row| row.get(0),
    )
}
