//! Opens a vault with its passphrase.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::CliError;
use super::unlock_args::{SecondUnlockArgs, UnlockArgs};
use crate::domain::io_words;
use crate::vault::clock::SystemClock;
use crate::vault::entropy::SystemEntropy;
use crate::vault::keyring::{Keyring, KeyringError, LockedKeyring, Passphrase, Programs};
use crate::vault::{Paths, Settings, StartError, Vault, trail};

/// Reads checkpoints that somebody kept. Empty lines at the end, which a shell or an editor may have added, do not
/// count.
pub(super) fn read_kept(kept: &[PathBuf]) -> Result<Vec<Vec<u8>>, CliError> {
    kept.iter()
        .map(|path| {
            let mut note =
                fs::read(path).map_err(CliError::file("read the kept checkpoint", path))?;
            while note.ends_with(b"\n\n") {
                note.pop();
            }
            Ok(note)
        })
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

/// Reads the keyring, or names the directory that has none.
pub(super) fn read_keyring(paths: &Paths) -> Result<LockedKeyring, CliError> {
    LockedKeyring::read(&paths.keyring()).map_err(|error| match error {
        KeyringError::Missing => {
            let root = paths.root().display();
            CliError::failed(format!(
                "there is no vault in {root}: it has no keys/keyring"
            ))
            .hint("name the vault's directory with --dir; `breachvault init --dir D` makes one")
        }
        KeyringError::Io(kind) => CliError::failed(format!(
            "failed to read {}: {}",
            paths.keyring().display(),
            io_words(kind)
        )),
        other => CliError::from(other).about(&paths.keyring()),
    })
}

/// What is wrong with a vault, with the directory where it says that there is none.
fn not_started(error: StartError, paths: &Paths) -> CliError {
    match error {
        StartError::Missing => CliError::from(error).about(paths.root()),
        StartError::Keyring(error) => CliError::from(error).about(&paths.keyring()),
        other => other.into(),
    }
}

pub(super) fn unlock(
    paths: &Paths,
    with: &UnlockArgs,
    programs: &Programs,
) -> Result<Keyring, CliError> {
    with.unlock(&read_keyring(paths)?, programs)
}

/// Opens a vault whose passphrase is known.
pub(super) fn open_with(
    directory: &Path,
    passphrase: String,
    settings: Settings,
) -> Result<Vault, CliError> {
    let paths = Paths::of(directory);
    let keyring = read_keyring(&paths)?.unlock(&Passphrase::new(passphrase));
    let keyring = keyring.map_err(|error| CliError::from(error).about(&paths.keyring()))?;
    start(&paths, keyring, settings)
}

pub(super) fn open(
    directory: &Path,
    with: &UnlockArgs,
    settings: Settings,
) -> Result<Vault, CliError> {
    open_by_two(directory, with, None, settings)
}

/// The same, with the holder of a second slot if the command line says how they open it.
pub(super) fn open_by_two(
    directory: &Path,
    with: &UnlockArgs,
    second: Option<&SecondUnlockArgs>,
    settings: Settings,
) -> Result<Vault, CliError> {
    let paths = Paths::of(directory);
    let locked = read_keyring(&paths)?;
    let mut keyring = with.unlock(&locked, &settings.programs)?;
    let second = second.map(|second| second.unlock(&locked, &settings.programs));
    if let Some(second) = second.transpose()?.flatten() {
        keyring.joined_by(&second)?;
    }
    start(&paths, keyring, settings)
}

/// Opens a vault in a directory that is no node of it.
pub(super) fn join(
    directory: &Path,
    with: &UnlockArgs,
    settings: Settings,
) -> Result<Vault, CliError> {
    let paths = Paths::of(directory);
    let keyring = with.unlock(&read_keyring(&paths)?, &settings.programs)?;
    Vault::join(
        &paths,
        keyring,
        settings,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    )
    .map_err(|error| not_started(error, &paths))
}

/// Starts a vault whose keyring is open.
pub(super) fn start(
    paths: &Paths,
    keyring: Keyring,
    settings: Settings,
) -> Result<Vault, CliError> {
    Vault::open(
        paths,
        keyring,
        settings,
        Arc::new(SystemClock),
        Arc::new(SystemEntropy::new()),
    )
    .map_err(|error| not_started(error, paths))
}
