//! `audit`: checks and exports the log offline. It needs no passphrase and changes nothing.

mod export;
mod verifier_key;
mod verify;

use clap::Subcommand;

pub(super) use self::verifier_key::read as read_verifier_key;
use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Recompute the whole log and compare it with its signature.
    Verify(verify::Verify),
    /// Write the log as plain files that other tools can verify.
    Export(export::Export),
}

impl Audit {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Export(export) => export.run(),
        }
    }
}
