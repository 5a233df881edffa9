//! Table `release`: protected tables that were given out, sealed.

use super::case_rows::CaseNumber;
use super::control::{RELEASE, blob, int};
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// Adds a release under the number the caller sealed it for.
pub(crate) fn insert(
    connection: &Transaction,
    no: i64,
    case: CaseNumber,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let cells = [
        ("no", int(no)),
        ("case_number", int(case.0)),
        ("sealed", blob(sealed)),
    ];
    connection.insert(&RELEASE, &cells)
}

/// Puts the same release in its place, sealed under another key.
pub(crate) fn reseal(connection: &Transaction, no: i64, sealed: &[u8]) -> Result<(), StoreError> {
    let set = [("sealed", blob(sealed))];
    let changed = connection.update(&RELEASE, &[("no", int(no))], &[], &set)?;
    one("release::reseal", usize::from(changed))
}

pub(crate) fn next_no(connection: &Snapshot) -> Result<i64, StoreError> {
    connection.next_number(&RELEASE)
}

/// The releases of a case, in the order of their numbers.
pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let failed = at("release::list");
    let mut all = connection.rows(&RELEASE, &[("case_number", int(case.0))], |row| {
        Ok((
            row.get::<i64>("no").map_err(&failed)?,
            row.get("sealed").map_err(&failed)?,
        ))
    })?;
    all.sort_by_key(|(no, _)| *no);
    Ok(all)
}

/// Removes a release of a destroyed case.
pub(crate) fn remove(connection: &Transaction, no: i64) -> Result<(), StoreError> {
    let changed = connection.delete(&RELEASE, &[("no", int(no))], &[])?;
    one("release::remove", usize::from(changed))
}
