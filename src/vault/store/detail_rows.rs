//! Table `detail`: the sealed text that a leaf commits to.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{StoreError, at, one};
use super::sealed_under::Front;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::CaseId;

pub(crate) fn insert(connection: &Transaction, seq: u64, sealed: &[u8]) -> Result<(), StoreError> {
    let failed = at("detail::insert");
    let changed = connection
        .prepare_cached("-- detail::insert\nINSERT INTO detail (seq, sealed) VALUES (?1, ?2)")
        .map_err(&failed)?
        .execute(params![i64::try_from(seq).unwrap_or(i64::MAX), sealed])
        .map_err(&failed)?;
    one("detail::insert", changed)
}

/// Puts the same detail in its place, sealed under another key.
pub(crate) fn reseal(connection: &Transaction, seq: u64, sealed: &[u8]) -> Result<(), StoreError> {
    let failed = at("detail::reseal");
    let changed = connection
        .prepare_cached("-- detail::reseal\nUPDATE detail SET sealed = ?2 WHERE seq = ?1")
        .map_err(&failed)?
        .execute(params![i64::try_from(seq).unwrap_or(i64::MAX), sealed])
        .map_err(&failed)?;
    one("detail::reseal", changed)
}

/// Some details of leaves of a case, all or those after a leaf, that name another key. What is under a
/// key of the vault is of no case.
pub(crate) fn not_under(
    connection: &Snapshot,
    case: &CaseId,
    front: Front,
    (after, most): (Option<u64>, u32),
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let failed = at("detail::not_under");
    let after = after.map_or(-1, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let mut statement = connection
        .prepare_cached(
            "-- detail::not_under
             SELECT detail.seq, detail.sealed FROM leaf JOIN detail ON detail.seq = leaf.seq
             WHERE leaf.case_id = ?1 AND leaf.seq > ?3 AND substr(detail.sealed, 1, 5) <> ?2
             AND substr(detail.sealed, 2, 4) < x'80000000' ORDER BY leaf.seq LIMIT ?4",
        )
        .map_err(&failed)?;
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let rows = statement
        .query_map(params![case.as_str(), front, after, most], read)
        .map_err(&failed)?;
    let mut all = Vec::new();
    for row in rows {
        let (seq, sealed) = row.map_err(&failed)?;
        let seq = u64::try_from(seq).map_err(|_| StoreError::inconsistent("detail::not_under"))?;
        all.push((seq, sealed));
    }
    Ok(all)
}

/// Some details, all or those after a leaf, that name another key of the vault than this one.
pub(crate) fn under_other_vault_key(
    connection: &Snapshot,
    front: Front,
    (after, most): (Option<u64>, u32),
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let failed = at("detail::under_other_vault_key");
    let after = after.map_or(-1, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let mut statement = connection
        .prepare_cached(
            "-- detail::under_other_vault_key
             SELECT seq, sealed FROM detail WHERE seq > ?2 AND substr(sealed, 1, 5) <> ?1
             AND substr(sealed, 2, 4) >= x'80000000' ORDER BY seq LIMIT ?3",
        )
        .map_err(&failed)?;
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let rows = statement
        .query_map(params![front, after, most], read)
        .map_err(&failed)?;
    let mut all = Vec::new();
    for row in rows {
        let (seq, sealed) = row.map_err(&failed)?;
        let seq = u64::try_from(seq)
            .map_err(|_| StoreError::inconsistent("detail::under_other_vault_key"))?;
        all.push((seq, sealed));
    }
    Ok(all)
}

/// How many bytes of details are under keys of the vault, and how many of them under this one.
pub(crate) fn bytes_of_vault(
    connection: &Snapshot,
    front: Front,
) -> Result<(u64, u64), StoreError> {
    let failed = at("detail::bytes_of_vault");
    let (all, done): (i64, i64) = connection
        .query_row(
            "-- detail::bytes_of_vault
             SELECT coalesce(sum(length(sealed)), 0),
             coalesce(sum(CASE WHEN substr(sealed, 1, 5) = ?1 THEN length(sealed) ELSE 0 END), 0)
             FROM detail WHERE substr(sealed, 2, 4) >= x'80000000'",
            params![front],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(failed)?;
    Ok((all.unsigned_abs(), done.unsigned_abs()))
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
