//! `key shares`: asks for a new set of shares.

use clap::Args;
use serde_json::json;

use super::change::Asking;
use crate::cli::error::CliError;

/// Ask for a new set of shares of the keyring.
///
/// Another administrator decides (`key decide`); then whoever asked makes the set (`key carry-out`) and hands the
/// shares out.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key shares --label board --needed 2 --shares 3 \\
    --reason 'one person alone knows the passphrase'")]
pub(in crate::cli) struct Shares {
    /// What people call the set
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// How many shares open the vault
    #[arg(long, value_name = "K")]
    needed: u8,
    /// How many shares there are
    #[arg(id = "in-all", long = "shares", value_name = "N")]
    shares: u8,
    #[command(flatten)]
    asking: Asking,
}

impl Shares {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        self.asking.ask(json!({
            "change": "add",
            "kind": "shares",
            "label": self.label,
            "needed": self.needed,
            "shares": self.shares,
        }))
    }
}
