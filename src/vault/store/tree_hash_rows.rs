//! Table `tree_hash`: hashes of the log's tree by their stored position.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one, sound};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn insert(
    connection: &Transaction,
    position: u64,
    hash: &[u8; 32],
) -> Result<(), StoreError> {
    let failed = at("tree_hash::insert");
    let changed = connection
        .prepare_cached(
            "-- tree_hash::insert\nINSERT INTO tree_hash (position, hash) VALUES (?1, ?2)",
        )
        .map_err(&failed)?
        .execute(params![i64::try_from(position).unwrap_or(i64::MAX), hash])
        .map_err(&failed)?;
    one("tree_hash::insert", changed)
}

pub(crate) fn find(connection: &Snapshot, position: u64) -> Result<[u8; 32], StoreError> {
    let failed = at("tree_hash::find");
    let mut statement = connection
        .prepare_cached("-- tree_hash::find\nSELECT hash FROM tree_hash WHERE position = ?1")
        .map_err(&failed)?;
    let found: Option<Vec<u8>> = statement
        .query_row(
            params![i64::try_from(position).unwrap_or(i64::MAX)],
            |row| row.get(0),
        )
        .optional()
        .map_err(&failed)?;
    let found = found.ok_or(StoreError::inconsistent("tree_hash::missing"))?;
    sound("tree_hash::hash", found.try_into())
}

/// The hashes between two positions, both included, in order.
pub(crate) fn range(
    connection: &Snapshot,
    first: u64,
    last: u64,
) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    let failed = at("tree_hash::range");
    let mut statement = connection
        .prepare_cached(
            "-- tree_hash::range
             SELECT position, hash FROM tree_hash WHERE position BETWEEN ?1 AND ?2 ORDER BY position",
        )
        .map_err(&failed)?;
    let signed = |position| i64::try_from(position).unwrap_or(i64::MAX);
    let mut rows = statement
        .query(params![signed(first), signed(last)])
        .map_err(&failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let position: i64 = row.get(0).map_err(&failed)?;
        let hash = row.get_ref(1).map_err(&failed)?;
        let hash = sound("tree_hash::hash", hash.as_blob())?;
        all.push((
            sound("tree_hash::position", u64::try_from(position))?,
            sound("tree_hash::hash", hash.try_into())?,
        ));
    }
    Ok(all)
}
