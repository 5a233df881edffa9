//! `key`: the keyring of a vault.

mod add;
mod carry_out;
mod change;
mod decide;
mod new_signing_keys;
mod remove;
mod rotate;
mod rotate_case;
mod rotate_root;
mod shares;
mod slots;
mod status;
mod unseal;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Key {
    /// Keyring status; shows nothing secret and needs no passphrase.
    Status(status::Status),
    /// Change the passphrase, and with it the key that wraps the root key.
    Rotate(rotate::Rotate),
    RotateCase(rotate_case::RotateCase),
    RotateRoot(rotate_root::RotateRoot),
    /// List the slots, and the change of them that waits.
    Slots(slots::Slots),
    Shares(shares::Shares),
    Add(add::Add),
    Remove(remove::Remove),
    NewSigningKeys(new_signing_keys::NewSigningKeys),
    Decide(decide::Decide),
    CarryOut(carry_out::CarryOut),
    Unseal(unseal::Unseal),
}

impl Key {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Status(status) => status.run(),
            Self::Rotate(rotate) => rotate.run(),
            Self::RotateCase(rotate) => rotate.run(),
            Self::RotateRoot(ask) => ask.run(),
            Self::Slots(slots) => slots.run(),
            Self::Shares(shares) => shares.run(),
            Self::Add(add) => add.run(),
            Self::Remove(remove) => remove.run(),
            Self::NewSigningKeys(ask) => ask.run(),
            Self::Decide(decide) => decide.run(),
            Self::CarryOut(carry_out) => carry_out.run(),
            Self::Unseal(unseal) => unseal.run(),
        }
    }
}
