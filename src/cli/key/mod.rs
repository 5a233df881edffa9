//! `key`: the keyring of a vault.

mod rotate;
mod status;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Key {
    /// Keyring status; shows nothing secret and needs no passphrase.
    Status(status::Status),
    /// Change the passphrase, and with it the key that wraps the root key.
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
