//! Table `clock`: the latest time the vault has seen, in one row, sealed.

use super::control::{CLOCK, blob, int};
use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn put(connection: &Transaction, sealed: &[u8]) -> Result<(), StoreError> {
    connection.put(&CLOCK, &[("one", int(1))], &[("sealed", blob(sealed))])
}

pub(crate) fn find(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection.row(&CLOCK, &[("one", int(1))], |row| {
        row.get("sealed").map_err(at("clock::find"))
    })
}
