//! Table `slot_change`: the change of the keyring's slots that two people are at, in one row, sealed.

use super::control::{SLOT_CHANGE, blob, int};
use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn put(connection: &Transaction, sealed: &[u8]) -> Result<(), StoreError> {
    connection.put(
        &SLOT_CHANGE,
        &[("one", int(1))],
        &[("sealed", blob(sealed))],
    )
}

pub(crate) fn find(connection: &Snapshot) -> Result<Option<Vec<u8>>, StoreError> {
    connection.row(&SLOT_CHANGE, &[("one", int(1))], |row| {
        row.get("sealed").map_err(at("slot_change::find"))
    })
}
