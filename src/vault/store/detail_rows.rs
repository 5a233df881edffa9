//! Table `detail`: the sealed text that a leaf commits to.

use super::error::StoreError;
use super::sealed_under::{Front, OF_VAULT};
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::{ValueRef, values};
use crate::domain::CaseId;

/// Adds the details of leaves, the first of which has this number.
pub(crate) fn insert_all(
    connection: &Transaction,
    first: u64,
    sealed: &[Vec<u8>],
) -> Result<(), StoreError> {
    let rows: Vec<[ValueRef<'_>; 2]> = (first..)
        .zip(sealed)
        .map(|(seq, sealed)| [signed(seq).into(), sealed[..].into()])
        .collect();
    connection.insert_all(
        "detail::insert",
        "-- detail::insert\nINSERT INTO detail (seq, sealed)",
        &rows,
    )
}

/// Puts the same detail in its place, sealed under another key.
pub(crate) fn reseal(connection: &Transaction, seq: u64, sealed: &[u8]) -> Result<(), StoreError> {
    connection.execute_one(
        "detail::reseal",
        "-- detail::reseal\nUPDATE detail SET sealed = ?2 WHERE seq = ?1",
        values![signed(seq), sealed],
    )
}

/// Some details of leaves of a case, all or those after a leaf, that name another key. What is under a
/// key of the vault is of no case.
pub(crate) fn not_under(
    connection: &Snapshot,
    case: &CaseId,
    front: Front,
    (after, most): (Option<u64>, u32),
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let after = after.map_or(-1, signed);
    connection.all(
        "detail::not_under",
        "-- detail::not_under
         SELECT detail.seq, detail.sealed FROM leaf JOIN detail ON detail.seq = leaf.seq
         WHERE leaf.case_id = ?1 AND leaf.seq > ?3 AND substr(detail.sealed, 1, 5) <> ?2
         AND substr(detail.sealed, 2, 4) < ?5 ORDER BY leaf.seq LIMIT ?4",
        values![case.as_str(), &front, after, most, &OF_VAULT],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Some details, all or those after a leaf, that name another key of the vault than this one.
pub(crate) fn under_other_vault_key(
    connection: &Snapshot,
    front: Front,
    (after, most): (Option<u64>, u32),
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let after = after.map_or(-1, signed);
    connection.all(
        "detail::under_other_vault_key",
        "-- detail::under_other_vault_key
         SELECT seq, sealed FROM detail WHERE seq > ?2 AND substr(sealed, 1, 5) <> ?1
         AND substr(sealed, 2, 4) >= ?4 ORDER BY seq LIMIT ?3",
        values![&front, after, most, &OF_VAULT],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How many bytes of details are under keys of the vault, and how many of them under this one.
pub(crate) fn bytes_of_vault(
    connection: &Snapshot,
    front: Front,
) -> Result<(u64, u64), StoreError> {
    connection.one(
        "detail::bytes_of_vault",
        "-- detail::bytes_of_vault
         SELECT coalesce(sum(length(sealed)), 0),
         coalesce(sum(CASE WHEN substr(sealed, 1, 5) = ?1 THEN length(sealed) ELSE 0 END), 0)
         FROM detail WHERE substr(sealed, 2, 4) >= ?2",
        values![&front, &OF_VAULT],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The sealed detail; `None` once it was erased.
pub(crate) fn find(connection: &Snapshot, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    connection.first(
        "detail::find",
        "-- detail::find\nSELECT sealed FROM detail WHERE seq = ?1",
        values![signed(seq)],
        |row| row.get(0),
    )
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
