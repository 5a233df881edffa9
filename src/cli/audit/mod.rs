//! `audit`: checks and exports the log offline, without a passphrase and without changing anything, and reads the log
//! of a served vault.

mod check;
mod export;
mod verifier_key;
mod verify;

use clap::Subcommand;

pub(super) use self::check::prove;
pub(super) use self::verifier_key::read as read_verifier_key;
use super::error::CliError;
use crate::client::audit;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Recompute the whole log and compare it with its signature.
    Verify(verify::Verify),
    /// Write the log as plain files that other tools can verify.
    Export(export::Export),
    Search(Box<audit::Search>),
    Volume(Box<audit::Volume>),
    Show(audit::Show),
    Leaf(audit::Leaf),
    Proof(audit::Proof),
    /// Check that a leaf is in the log, by its proof and the log's public key.
    Check(check::Check),
    Checkpoint(audit::Checkpoint),
    Vkey(audit::Vkey),
    SignOff(audit::SignOff),
}

impl Audit {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Export(export) => export.run(),
            Self::Search(search) => Ok(search.run()?),
            Self::Volume(volume) => Ok(volume.run()?),
            Self::Leaf(leaf) => Ok(leaf.run()?),
            Self::Check(check) => check.run(),
            Self::Show(show) => Ok(show.run()?),
            Self::Proof(proof) => Ok(proof.run()?),
            Self::Checkpoint(checkpoint) => Ok(checkpoint.run()?),
            Self::Vkey(vkey) => Ok(vkey.run()?),
            Self::SignOff(sign_off) => Ok(sign_off.run()?),
        }
    }
}
