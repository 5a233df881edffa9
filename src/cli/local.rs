//! Runs a command on a vault that is not being served: unlock, sign in, act, stop.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::sign_in::{SignInArgs, SignInIfAny};
use super::unlock_args::{SecondUnlockArgs, UnlockArgs};
use super::{settings, unlock};
use crate::domain::NodeId;
use crate::vault::{Caller, Operation, Paths, Reply, Vault};

#[derive(Args)]
pub(super) struct Local {
    /// The vault directory
    #[arg(long, value_name = "D")]
    dir: PathBuf,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    sign_in: SignInArgs,
}

/// The same where a command also works without a vault, or on a served one.
#[derive(Args)]
pub(super) struct LocalIfAny {
    /// A vault directory, instead of a served vault
    #[arg(long, value_name = "D", requires = "operator")]
    dir: Option<PathBuf>,
    /// A configuration file
    #[arg(long, value_name = "FILE", requires = "dir")]
    config: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    sign_in: SignInIfAny,
}

impl LocalIfAny {
    /// The vault and the operator, if they were named.
    pub(super) fn given(self) -> Option<Local> {
        Some(Local {
            dir: self.dir?,
            config: self.config,
            unlock: self.unlock,
            sign_in: self.sign_in.given()?,
        })
    }
}

impl Local {
    /// Acts as the operator who signed in. Whether the act succeeds or not, the vault is stopped
    /// and its log records that.
    pub(super) fn act<T>(
        &self,
        act: impl FnOnce(&Vault, &Caller) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        self.act_with(None, act)
    }

    /// The same, with the holder of a second slot if the command line says how they open it.
    fn act_with<T>(
        &self,
        second: Option<&SecondUnlockArgs>,
        act: impl FnOnce(&Vault, &Caller) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let settings = settings::read(self.config.as_deref())?;
        let vault = unlock::open_by_two(&self.dir, &self.unlock, second, settings)?;
        let ended = self
            .sign_in
            .sign_in(&vault)
            .and_then(|caller| act(&vault, &caller));
        let stopped = vault.stop();
        let answer = ended?;
        stopped?;
        Ok(answer)
    }

    /// Performs one operation as the operator who signed in.
    pub(super) fn perform<O: Operation>(&self, operation: O) -> Result<Reply, CliError> {
        self.act(|vault, caller| Ok(vault.perform(caller, operation)?))
    }

    /// The same in a directory that is no node of its vault.
    pub(super) fn perform_joining<O: Operation>(&self, operation: O) -> Result<Reply, CliError> {
        let settings = settings::read(self.config.as_deref())?;
        let vault = unlock::join(&self.dir, &self.unlock, settings)?;
        let ended = self
            .sign_in
            .sign_in(&vault)
            .and_then(|caller| Ok(vault.perform(&caller, operation)?));
        let stopped = vault.stop();
        let answer = ended?;
        stopped?;
        Ok(answer)
    }

    /// Makes the directory that of this node.
    pub(super) fn become_node(&self, node: &NodeId) -> Result<(), CliError> {
        Ok(Vault::become_node(&Paths::of(&self.dir), node)?)
    }

    /// The same, with the holder of a second slot.
    pub(super) fn perform_with<O: Operation>(
        &self,
        second: &SecondUnlockArgs,
        operation: O,
    ) -> Result<Reply, CliError> {
        self.act_with(Some(second), |vault, caller| {
            if !vault.has_its_holders() {
                return Err(CliError::sealed(
                    "the keyring has more than one slot, so it takes the holders of two",
                )
                .hint("open a second slot: --second-passphrase-file, --second-share-file, --second-age-identity"));
            }
            Ok(vault.perform(caller, operation)?)
        })
    }
}
