//! `evidence`: checks and opens packages, offline and without a vault.

mod open;
mod verify;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Evidence {
    /// Check a package: its files, its signature, its place in the audit log.
    Verify(verify::Verify),
    /// Decrypt a package with a recipient's identity.
    Open(open::Open),
}

impl Evidence {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Open(open) => open.run(),
        }
    }
}
