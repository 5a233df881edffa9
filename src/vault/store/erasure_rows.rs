//! Table `erasure`: the numbers that were erased from a case, each as a keyed tag, sealed.

use super::case_rows::CaseNumber;
use super::control::{ERASURE, blob, int};
use super::error::{StoreError, at, one};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// Adds an erasure under the number the caller sealed it for.
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
    connection.insert(&ERASURE, &cells)
}

pub(crate) fn next_no(connection: &Snapshot) -> Result<i64, StoreError> {
    connection.next_number(&ERASURE)
}

/// The erasures of a case, in the order of their numbers.
pub(crate) fn list(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let failed = at("erasure::list");
    let mut all = connection.rows(&ERASURE, &[("case_number", int(case.0))], |row| {
        Ok((
            row.get::<i64>("no").map_err(&failed)?,
            row.get("sealed").map_err(&failed)?,
        ))
    })?;
    all.sort_by_key(|(no, _)| *no);
    Ok(all)
}

/// A name for what the erasures of a case are now; another one when one is added or goes on. None while that is under
/// way.
pub(crate) fn mark(
    connection: &Snapshot,
    case: CaseNumber,
) -> Result<Option<[u8; 32]>, StoreError> {
    connection.steady(&ERASURE, &[("case_number", int(case.0))])
}

/// Says how far an erasure is.
pub(crate) fn set(connection: &Transaction, no: i64, sealed: &[u8]) -> Result<(), StoreError> {
    let changed = connection.update(
        &ERASURE,
        &[("no", int(no))],
        &[],
        &[("sealed", blob(sealed))],
    )?;
    one("erasure::set", usize::from(changed))
}

/// Removes an erasure of a destroyed case.
pub(crate) fn remove(connection: &Transaction, no: i64) -> Result<(), StoreError> {
    let changed = connection.delete(&ERASURE, &[("no", int(no))], &[])?;
    one("erasure::remove", usize::from(changed))
}
