//! How a command opens the keyring: a passphrase, shares, an age identity, or the program of the configuration.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::secret::{PassphraseArgs, SecondPassphraseArgs, Secret, read_secret_file};
use crate::vault::keyring::{Keyring, LockedKeyring, Passphrase, Programs, Share};

/// One way to open the keyring. Without any, the passphrase is asked for.
#[derive(Args)]
pub(super) struct UnlockArgs {
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Open the keyring with a share from this file; once for each share
    #[arg(id = "unlock-shares", long = "share-file", value_name = "PATH",
        conflicts_with_all = ["passphrase-file", "passphrase-fd"])]
    shares: Vec<PathBuf>,
    /// Open the keyring with this age identity file
    #[arg(id = "unlock-identity", long = "age-identity", value_name = "PATH",
        conflicts_with_all = ["passphrase-file", "passphrase-fd", "unlock-shares"])]
    identity: Option<PathBuf>,
    /// Open the keyring with the program `keyring.open` of the configuration
    #[arg(id = "unlock-command", long = "keyring-command",
        conflicts_with_all = ["passphrase-file", "passphrase-fd", "unlock-shares", "unlock-identity"])]
    command: bool,
}

/// How the holder of a second slot opens it, where two holders are needed. Nothing is asked for.
#[derive(Args)]
pub(super) struct SecondUnlockArgs {
    #[command(flatten)]
    passphrase: SecondPassphraseArgs,
    /// Open a second slot with a share from this file; once for each share
    #[arg(id = "second-shares", long = "second-share-file", value_name = "PATH",
        conflicts_with_all = ["second-passphrase-file", "second-passphrase-fd"])]
    shares: Vec<PathBuf>,
    /// Open a second slot with this age identity file
    #[arg(id = "second-identity", long = "second-age-identity", value_name = "PATH",
        conflicts_with_all = ["second-passphrase-file", "second-passphrase-fd", "second-shares"])]
    identity: Option<PathBuf>,
    /// Open a second slot with the program `keyring.open` of the configuration
    #[arg(id = "second-command", long = "second-keyring-command",
        conflicts_with_all = ["second-passphrase-file", "second-passphrase-fd", "second-shares",
            "second-identity"])]
    command: bool,
}

/// What either of them says.
struct Way<'a> {
    passphrase: Secret<'a>,
    shares: &'a [PathBuf],
    identity: Option<&'a Path>,
    command: bool,
}

impl UnlockArgs {
    /// True if the command line says how, so that nobody has to be asked.
    pub(super) fn is_given(&self) -> bool {
        self.way().is_given()
    }

    /// Opens the keyring.
    pub(super) fn unlock(
        &self,
        locked: &LockedKeyring,
        programs: &Programs,
    ) -> Result<Keyring, CliError> {
        self.way().unlock(locked, programs)
    }

    fn way(&self) -> Way<'_> {
        Way {
            passphrase: self.passphrase.secret(),
            shares: &self.shares,
            identity: self.identity.as_deref(),
            command: self.command,
        }
    }
}

impl SecondUnlockArgs {
    /// Opens a second slot, if the command line says how.
    pub(super) fn unlock(
        &self,
        locked: &LockedKeyring,
        programs: &Programs,
    ) -> Result<Option<Keyring>, CliError> {
        let way = Way {
            passphrase: self.passphrase.secret(),
            shares: &self.shares,
            identity: self.identity.as_deref(),
            command: self.command,
        };
        match way.is_given() {
            true => way.unlock(locked, programs).map(Some),
            false => Ok(None),
        }
    }
}

impl Way<'_> {
    fn is_given(&self) -> bool {
        self.passphrase.is_given()
            || !self.shares.is_empty()
            || self.identity.is_some()
            || self.command
    }

    fn unlock(&self, locked: &LockedKeyring, programs: &Programs) -> Result<Keyring, CliError> {
        if self.command {
            return Ok(locked.unlock_with_program(programs.open.as_ref())?);
        }
        if let Some(path) = self.identity {
            let text = read_secret_file(path, "age identity")?;
            return Ok(locked.unlock_with_identity(&text, path, programs.age.as_ref())?);
        }
        if self.shares.is_empty() {
            let mut text = self.passphrase.read()?;
            return Ok(locked.unlock(&Passphrase::new(std::mem::take(&mut *text)))?);
        }
        let mut gathering = locked.gathering();
        for path in self.shares {
            let text = read_secret_file(path, "share")?;
            let taken = Share::parse(&text).and_then(|share| gathering.add(share));
            taken.map_err(|fault| CliError::sealed(format!("{}: {fault}", path.display())))?;
        }
        Ok(locked.unlock_with_shares(&gathering)?)
    }
}
