//! The unlocked keyring.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::CaseId;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::plaintext::{KeyId, Nonces};

use super::argon2id::Argon2Params;
use super::case_keys::CaseKeys;
use super::case_ring::{CaseKey, CaseRing};
use super::error::KeyringError;
use super::file::{KeyringFile, body_aad};
use super::passphrase::NewPassphrase;
use super::root_keys::RootKeys;
use super::secret::Secret;
use super::slot::{Place, Slot};
use super::status::KeyringStatus;
use super::store;
use super::vault_id::VaultId;

/// Every key there is. A change is on disk before the method returns; if it
/// cannot be, the keyring stays as it was. One process at a time may change
/// the file; the vault's own lock sees to that.
pub struct Keyring {
    path: PathBuf,
    file: KeyringFile,
    root: Secret<32>,
    root_keys: RootKeys,
    cases: CaseRing,
}

impl Keyring {
    /// Makes a vault's first keyring at `path`, where none may be.
    pub fn create(
        path: &Path,
        passphrase: &NewPassphrase,
        params: Argon2Params,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let vault = VaultId::from_random(draw(entropy)?);
        let root = Secret::random(entropy)?;
        let root_keys = RootKeys::derive(&vault, &root)?;
        let cases = CaseRing::new();
        let place = Place {
            vault: &vault,
            since: 1,
            no: 0,
        };
        let slot = Slot::wrap(place, &root, passphrase.as_passphrase(), params, entropy)?;
        let file = sealed(vault, 1, vec![slot], &root_keys, &cases, entropy)?;
        store::create(path, &file.to_bytes()?)?;
        Ok(Self::opened(path.to_owned(), file, root, root_keys, cases))
    }

    pub(super) fn opened(
        path: PathBuf,
        file: KeyringFile,
        root: Secret<32>,
        root_keys: RootKeys,
        cases: CaseRing,
    ) -> Self {
        Self {
            path,
            file,
            root,
            root_keys,
            cases,
        }
    }

    pub fn vault(&self) -> &VaultId {
        &self.file.vault
    }

    /// Grows with every change; the audit log keeps it.
    pub fn generation(&self) -> u64 {
        self.file.generation
    }

    pub fn status(&self) -> KeyringStatus {
        self.file.status(Some(self.cases.len()))
    }

    pub fn has_case(&self, case: &CaseId) -> bool {
        self.cases.has(case)
    }

    pub fn cases(&self) -> impl Iterator<Item = &CaseId> {
        self.cases.cases()
    }

    /// Makes the first key of a case.
    pub fn add_case(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<KeyId, KeyringError> {
        if self.cases.has(case) {
            return Err(KeyringError::CaseKnown);
        }
        let id = KeyId::new(1);
        let key = CaseKey::new(id, Secret::random(entropy)?);
        self.cases.put(case.clone(), vec![key]);
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.take(case);
        }
        written.map(|()| id)
    }

    /// Shreds the keys of a case: what they sealed is noise from now on. Keys
    /// that a running operation holds go when it ends.
    pub fn destroy_case(
        &mut self,
        case: &CaseId,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let keys = self.cases.take(case).ok_or(KeyringError::UnknownCase)?;
        let written = self.write(self.file.slots.clone(), entropy);
        if written.is_err() {
            self.cases.put(case.clone(), keys);
        }
        written
    }

    /// A new slot under a new passphrase, in place of every passphrase slot. The
    /// root stays, so whoever has an old keyring file and the old passphrase
    /// still has every key that was in it.
    pub fn change_passphrase(
        &mut self,
        passphrase: &NewPassphrase,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let params = self
            .file
            .slots
            .first()
            .map_or(Argon2Params::KEYRING, Slot::argon2id);
        let place = Place {
            vault: &self.file.vault,
            since: self.file.generation + 1,
            no: 0,
        };
        let slot = Slot::wrap(
            place,
            &self.root,
            passphrase.as_passphrase(),
            params,
            entropy,
        )?;
        self.write(vec![slot], entropy)
    }

    /// The newest keys of a case.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "until the vault's other parts are there")
    )]
    pub(in crate::vault) fn case_keys(&self, case: &CaseId) -> Result<Arc<CaseKeys>, KeyringError> {
        self.cases.keys(&self.file.vault, case, None)
    }

    /// The keys of a case that a ciphertext names.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "until the vault's other parts are there")
    )]
    pub(in crate::vault) fn case_keys_with_id(
        &self,
        case: &CaseId,
        id: KeyId,
    ) -> Result<Arc<CaseKeys>, KeyringError> {
        self.cases.keys(&self.file.vault, case, Some(id))
    }

    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "until the vault's other parts are there")
    )]
    pub(in crate::vault) fn root_keys(&self) -> &RootKeys {
        &self.root_keys
    }

    fn write(&mut self, slots: Vec<Slot>, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let file = sealed(
            self.file.vault.clone(),
            self.file.generation + 1,
            slots,
            &self.root_keys,
            &self.cases,
            entropy,
        )?;
        store::replace(&self.path, &file.to_bytes()?)?;
        self.file = file;
        Ok(())
    }
}

fn sealed(
    vault: VaultId,
    generation: u64,
    slots: Vec<Slot>,
    root_keys: &RootKeys,
    cases: &CaseRing,
    entropy: &dyn Entropy,
) -> Result<KeyringFile, KeyringError> {
    let aad = body_aad(&vault, generation, &slots)?;
    let nonce = Nonces::new(entropy).take()?;
    let body = root_keys.body().seal(nonce, &aad, &cases.to_bytes())?;
    Ok(KeyringFile::new(vault, generation, slots, body))
}
