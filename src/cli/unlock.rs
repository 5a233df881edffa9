//! Opens a vault with its passphrase.

use std::path::Path;
use std::sync::Arc;

use super::error::CliError;
use super::secret::PassphraseArgs;
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::keyring::{Keyring, LockedKeyring, Passphrase};
use crate::vault::{Paths, Settings, Vault};

pub(super) fn unlock(paths: &Paths, passphrase: &PassphraseArgs) -> Result<Keyring, CliError> {
    let locked = LockedKeyring::read(&paths.keyring())?;
    let mut text = passphrase.secret().read()?;
    Ok(locked.unlock(&Passphrase::new(std::mem::take(&mut *text)))?)
}

pub(super) fn open(
    directory: &Path,
    passphrase: &PassphraseArgs,
    settings: Settings,
) -> Result<Vault, CliError> {
    let paths = Paths::of(directory);
    let keyring = unlock(&paths, passphrase)?;
    Ok(Vault::open(
        &paths,
        keyring,
        settings,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    )?)
}
