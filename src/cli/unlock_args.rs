//! How a command opens the keyring: a passphrase, shares, an age identity, or the program of the configuration.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::secret::{PassphraseArgs, read_secret_file};
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

impl UnlockArgs {
    /// True if the command line says how, so that nobody has to be asked.
    pub(super) fn is_given(&self) -> bool {
        self.passphrase.secret().is_given()
            || !self.shares.is_empty()
            || self.identity.is_some()
            || self.command
    }

    /// Opens the keyring.
    pub(super) fn unlock(
        &self,
        locked: &LockedKeyring,
        programs: &Programs,
    ) -> Result<Keyring, CliError> {
        if self.command {
            return Ok(locked.unlock_with_program(programs.open.as_ref())?);
        }
        if let Some(path) = &self.identity {
            let text = read_secret_file(path, "age identity")?;
            return Ok(locked.unlock_with_identity(&text, path, programs.age.as_ref())?);
        }
        if self.shares.is_empty() {
            let mut text = self.passphrase.secret().read()?;
            return Ok(locked.unlock(&Passphrase::new(std::mem::take(&mut *text)))?);
        }
        let mut gathering = locked.gathering();
        for path in &self.shares {
            let text = read_secret_file(path, "share")?;
            let taken = Share::parse(&text).and_then(|share| gathering.add(share));
            taken.map_err(|fault| CliError::sealed(format!("{}: {fault}", path.display())))?;
        }
        Ok(locked.unlock_with_shares(&gathering)?)
    }
}
