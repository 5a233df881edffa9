//! Table `meta`: the vault's id, the name of its log if a restore began a new one, and, where several nodes admit, the
//! highest number that an exhibit had.

use super::control::{META, text};
use super::error::{StoreError, at};
use super::snapshot::Snapshot;
use super::transaction::Transaction;

pub(crate) fn insert(connection: &Transaction, key: &str, value: &str) -> Result<(), StoreError> {
    connection.insert(&META, &[("key", text(key)), ("value", text(value))])
}

/// Sets a value, whether there was one or not.
pub(crate) fn put(connection: &Transaction, key: &str, value: &str) -> Result<(), StoreError> {
    connection.put(&META, &[("key", text(key))], &[("value", text(value))])
}

pub(crate) fn find(connection: &Snapshot, key: &str) -> Result<Option<String>, StoreError> {
    connection.row(&META, &[("key", text(key))], |row| {
        row.get("value").map_err(at("meta::find"))
    })
}
