//! `key`: the keyring of a vault.

mod rotate;
mod status;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Key {
    /// How the keyring stands; nothing secret, and no passphrase needed.
    Status(status::Status),
    /// A new passphrase, and with it a new key that wraps the root.
    Rotate(rotate::Rotate),
}

impl Key {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Status(status) => status.run(),
            Self::Rotate(rotate) => rotate.run(),
        }
    }
}
