//! Runs a command on a vault that is not being served: unlock, sign in, act, stop.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::secret::PassphraseArgs;
use super::sign_in::SignInArgs;
use super::{settings, unlock};
use crate::vault::{Caller, Vault};

#[derive(Args)]
pub(super) struct Local {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    sign_in: SignInArgs,
}

impl Local {
    /// Acts as the operator who signed in. Whether the act succeeds or not, the vault is stopped
    /// and its log records that.
    pub(super) fn act<T>(
        &self,
        act: impl FnOnce(&Vault, &Caller) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let settings = settings::read(self.config.as_deref())?;
        let vault = unlock::open(&self.dir, &self.passphrase, settings)?;
        let ended = self
            .sign_in
            .sign_in(&vault)
            .and_then(|caller| act(&vault, &caller));
        let stopped = vault.stop();
        let answer = ended?;
        stopped?;
        Ok(answer)
    }
}
