//! Table `tree_hash`: hashes of the log's tree by their stored position.

use super::error::StoreError;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};

/// Adds hashes from a position on.
pub(crate) fn insert_all<'h>(
    connection: &Transaction,
    first: u64,
    hashes: impl Iterator<Item = &'h [u8; 32]>,
) -> Result<(), StoreError> {
    let row = |(position, hash): (u64, &'h [u8; 32])| [signed(position).into(), hash.into()];
    let rows: Vec<[ValueRef<'_>; 2]> = (first..).zip(hashes).map(row).collect();
    connection.insert_all(
        "tree_hash::insert",
        "-- tree_hash::insert\nINSERT INTO tree_hash (position, hash)",
        &rows,
    )
}

pub(crate) fn find(connection: &Snapshot, position: u64) -> Result<[u8; 32], StoreError> {
    let found = connection.first(
        "tree_hash::find",
        "-- tree_hash::find\nSELECT hash FROM tree_hash WHERE position = ?1",
        values![signed(position)],
        |row| row.get(0),
    )?;
    found.ok_or(StoreError::inconsistent("tree_hash::missing"))
}

/// The hashes between two positions, both included, in order.
pub(crate) fn range(
    connection: &Snapshot,
    first: u64,
    last: u64,
) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    connection.all(
        "tree_hash::range",
        "-- tree_hash::range
         SELECT position, hash FROM tree_hash WHERE position BETWEEN ?1 AND ?2 ORDER BY position",
        values![signed(first), signed(last)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
