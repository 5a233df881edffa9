//! What can be verified of a copied database without keys: its pages and indexes, its schema, the whole log up to its
//! signed checkpoint, the entries by which it is searched, and the sealed parts of every exhibit, whose digest is in
//! the signed leaf of its admission.
//!
//! Not verified here, because it needs keys: the control rows (who may do what), the terms, and whether whole exhibits
//! are missing. A restore verifies these.

use std::path::Path;

use super::fault::BackupError;
use crate::domain::VaultId;
use crate::vault::admission::check_digests;
use crate::vault::audit::{KeyName, Verdict, VerifierKey};
use crate::vault::ledger::{name_of_log, trail};
use crate::vault::store::{Snapshot, meta_rows};

/// What a copied database was found to be.
pub(super) struct Examined {
    pub(super) vault: VaultId,
    /// The name of its log.
    pub(super) log: KeyName,
    pub(super) verdict: Verdict,
    /// How many exhibits agree with the leaves of their admission.
    pub(super) exhibits: usize,
}

/// Examines a database that nobody changes meanwhile. `key` is the log's, or any of the vault's logs: they share it.
pub(super) fn examine(
    path: &Path,
    key: &VerifierKey,
    kept: &[Vec<u8>],
) -> Result<Examined, BackupError> {
    let snapshot = Snapshot::of_copy(path)?;
    snapshot.check_pages()?;
    let vault = meta_rows::find(&snapshot, "vault")?;
    let vault: VaultId = vault
        .and_then(|id| id.parse().ok())
        .ok_or(BackupError::Untrue("the id of the vault"))?;
    let log = name_of_log(&snapshot, &vault)?;
    if !log.is_of_vault_of(key.name().as_str()) {
        return Err(BackupError::OtherVault);
    }
    let key = VerifierKey::new(log.clone(), *key.public());
    let verdict = trail::verify_snapshot(&snapshot, &key, kept)?;
    trail::verify_index_in(&snapshot)?;
    match check_digests(&snapshot).map_err(BackupError::Unread)? {
        Ok(exhibits) => Ok(Examined {
            vault,
            log,
            verdict,
            exhibits,
        }),
        Err(leaf) => Err(BackupError::Parts { leaf }),
    }
}
