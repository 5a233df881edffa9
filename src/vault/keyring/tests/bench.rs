//! A keyring in a folder of its own, for the tests of this folder.

use std::path::PathBuf;

use crate::domain::{CaseId, Moment};
use crate::vault::entropy::SystemEntropy;

use crate::vault::keyring::{
    Argon2Params, Keyring, KeyringError, LockedKeyring, NewPassphrase, Passphrase,
};

pub(in crate::vault::keyring) const OLD: &str = "a passphrase to begin with";
pub(in crate::vault::keyring) const NEW: &str = "a passphrase to go on with";

/// 2024-04-02, 09:00 UTC.
pub(in crate::vault::keyring) const MADE: Moment = Moment::from_seconds(1_712_048_400);

pub(in crate::vault::keyring) struct Bench {
    pub(in crate::vault::keyring) folder: tempfile::TempDir,
    pub(in crate::vault::keyring) entropy: SystemEntropy,
}

impl Bench {
    pub(in crate::vault::keyring) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            entropy: SystemEntropy::new(),
        }
    }

    pub(in crate::vault::keyring) fn path(&self) -> PathBuf {
        self.folder.path().join("keyring")
    }

    pub(in crate::vault::keyring) fn create(&self) -> Result<Keyring, KeyringError> {
        let params = Argon2Params::new(8, 1, 1).unwrap();
        Keyring::create(&self.path(), &new(OLD), params, MADE, &self.entropy)
    }

    pub(in crate::vault::keyring) fn unlock(
        &self,
        passphrase: &str,
    ) -> Result<Keyring, KeyringError> {
        let passphrase = Passphrase::new(passphrase.to_owned());
        LockedKeyring::read(&self.path())?.unlock(&passphrase)
    }
}

pub(in crate::vault::keyring) fn new(text: &str) -> NewPassphrase {
    NewPassphrase::parse(text.to_owned()).unwrap()
}

pub(in crate::vault::keyring) fn case(no: u8) -> CaseId {
    CaseId::from_random([no; 13])
}
