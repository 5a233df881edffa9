//! Opens a vault with its passphrase.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::CliError;
use super::secret::PassphraseArgs;
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::keyring::{Keyring, LockedKeyring, Passphrase};
use crate::vault::{Paths, Settings, Vault, trail};

/// Reads checkpoints that somebody kept.
pub(super) fn read_kept(kept: &[PathBuf]) -> Result<Vec<Vec<u8>>, CliError> {
    kept.iter()
        .map(|path| fs::read(path).map_err(CliError::io("read a kept checkpoint")))
        .collect()
}

/// Refuses a log that does not contain the checkpoints that somebody kept.
pub(super) fn check_kept(paths: &Paths, kept: &[PathBuf]) -> Result<(), CliError> {
    if kept.is_empty() {
        return Ok(());
    }
    trail::verify_directory(paths, None, &read_kept(kept)?)?;
    Ok(())
}

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
