//! A keyring in a folder of its own, for the tests of this folder.

use std::path::PathBuf;

use crate::domain::CaseId;
use crate::vault::entropy::SystemEntropy;

use super::{Argon2Params, Keyring, KeyringError, LockedKeyring, NewPassphrase, Passphrase};

pub(super) const OLD: &str = "a passphrase to begin with";
pub(super) const NEW: &str = "a passphrase to go on with";

pub(super) struct Bench {
    pub(super) folder: tempfile::TempDir,
    pub(super) entropy: SystemEntropy,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            entropy: SystemEntropy::new(),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("keyring")
    }

    pub(super) fn create(&self) -> Result<Keyring, KeyringError> {
        let params = Argon2Params::new(8, 1, 1).unwrap();
        Keyring::create(&self.path(), &new(OLD), params, &self.entropy)
    }

    pub(super) fn unlock(&self, passphrase: &str) -> Result<Keyring, KeyringError> {
        let passphrase = Passphrase::new(passphrase.to_owned());
        LockedKeyring::read(&self.path())?.unlock(&passphrase)
    }
}

pub(super) fn new(text: &str) -> NewPassphrase {
    NewPassphrase::parse(text.to_owned()).unwrap()
}

pub(super) fn case(no: u8) -> CaseId {
    CaseId::from_random([no; 13])
}
