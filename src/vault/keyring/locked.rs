//! A keyring that was read and not opened.

use std::path::{Path, PathBuf};

use super::case_ring::CaseRing;
use super::error::KeyringError;
use super::file::{KeyringFile, body_aad};
use super::passphrase::Passphrase;
use super::root_keys::RootKeys;
use super::status::KeyringStatus;
use super::store;
use super::unlocked::Keyring;
use super::vault_id::VaultId;

/// The only thing to do with it is to unlock it.
pub struct LockedKeyring {
    path: PathBuf,
    file: KeyringFile,
}

impl LockedKeyring {
    pub fn read(path: &Path) -> Result<Self, KeyringError> {
        let file = KeyringFile::parse(&store::read(path)?)?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    pub fn vault(&self) -> &VaultId {
        &self.file.vault
    }

    pub fn status(&self) -> KeyringStatus {
        self.file.status(None)
    }

    /// Tries the passphrase on every slot. After a wrong one another may be tried.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<Keyring, KeyringError> {
        let file = self.file.clone();
        let root = (0..)
            .zip(&file.slots)
            .map(|(no, slot)| slot.unwrap(&file.vault, no, passphrase))
            .find(|root| !matches!(root, Err(KeyringError::WrongPassphrase)))
            .ok_or(KeyringError::WrongPassphrase)??;
        let root_keys = RootKeys::derive(&file.vault, &root)?;
        let aad = body_aad(&file.vault, file.generation, &file.slots)?;
        let body = root_keys.body().open(&aad, &file.body.0)?;
        let cases = CaseRing::parse(&body)?;
        Ok(Keyring::opened(
            self.path.clone(),
            file,
            root,
            root_keys,
            cases,
        ))
    }
}
