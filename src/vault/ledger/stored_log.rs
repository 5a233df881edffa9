//! What is stored of the log beside its leaves: its name and the hashes of its tree.

use super::fault::BookError;
use crate::domain::VaultId;
use crate::vault::audit::{Hash, Hashes, KeyError, KeyName};
use crate::vault::store::{Snapshot, StoreError, meta_rows, tree_hash_rows};

/// The name of the vault's first log.
pub(super) fn origin(vault: &VaultId) -> Result<KeyName, KeyError> {
    format!("breachvault/{vault}").parse()
}

/// Under which key the database has the name of a log that is not the vault's first.
pub(super) const LOG_NAME: &str = "log";

/// The name of the log in a database.
pub(in crate::vault) fn name_of_log(
    connection: &Snapshot,
    vault: &VaultId,
) -> Result<KeyName, BookError> {
    let first = origin(vault)?;
    let Some(found) = meta_rows::find(connection, LOG_NAME)? else {
        return Ok(first);
    };
    let name: KeyName = found.parse()?;
    match name.continues(first.as_str()) {
        true => Ok(name),
        false => Err(BookError::Name(KeyError::Name)),
    }
}

/// The stored hashes of the tree, read one by one by their position.
pub(in crate::vault) struct StoredHashes<'c>(pub(in crate::vault) &'c Snapshot);

impl Hashes for StoredHashes<'_> {
    type Error = StoreError;

    fn read(&self, positions: &[u64]) -> Result<Vec<Hash>, StoreError> {
        positions
            .iter()
            .map(|position| tree_hash_rows::find(self.0, *position).map(Hash::from_bytes))
            .collect()
    }
}
