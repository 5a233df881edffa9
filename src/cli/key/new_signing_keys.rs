//! `key new-signing-keys`: asks for successors of the keys that sign the log and packages.

use clap::Args;
use serde_json::json;

use super::change::Asking;
use crate::cli::error::CliError;

/// Ask for new keys that sign the log and packages.
///
/// Another administrator decides; then whoever asked carries it out. The old key of the log signs the new one in the
/// audit log. Before, keep the newest checkpoint (`audit checkpoint`): whoever has only the old key can follow to the
/// new one from a kept checkpoint, and from nowhere else.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key new-signing-keys --reason 'the yearly change of the keys'")]
pub(in crate::cli) struct NewSigningKeys {
    #[command(flatten)]
    asking: Asking,
}

impl NewSigningKeys {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        self.asking.ask(json!({ "change": "new-signing-keys" }))
    }
}
