//! `key remove`: asks for the end of a slot.

use clap::Args;
use serde_json::json;

use super::change::Asking;
use crate::cli::error::CliError;

/// Ask for the end of a slot of the keyring.
///
/// Another administrator decides; then whoever asked carries it out. The last slot cannot be removed. An old copy of
/// keys/keyring still opens with it.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key remove --slot 2 --reason 'its holder left the company'")]
pub(in crate::cli) struct Remove {
    /// The number of the slot, as `key slots` shows it
    #[arg(long, value_name = "NO")]
    slot: u32,
    #[command(flatten)]
    asking: Asking,
}

impl Remove {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let change = json!({ "change": "remove", "slot": self.slot });
        self.asking.ask(change)
    }
}
