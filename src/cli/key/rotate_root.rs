//! `key rotate-root`: asks for a new root of the keyring.

use clap::Args;
use serde_json::json;

use super::change::Asking;
use crate::cli::error::CliError;

/// Ask for a new root of the keyring, and new signing keys with it.
///
/// Another administrator decides; then whoever asked carries it out. Every slot opens the new root as it opened the old
/// one: no holder has to be there. Whoever has an old keyring and what opened it opens no newer keyring with them.
/// Cases keep their keys: rotate those too (`key rotate-case`). Look at `key slots` first, whether you know every slot,
/// and keep the newest checkpoint (`audit checkpoint`): the keys that sign the log are new too.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key rotate-root --reason 'a memory image of the server got out'")]
pub(in crate::cli) struct RotateRoot {
    #[command(flatten)]
    asking: Asking,
}

impl RotateRoot {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        self.asking.ask(json!({ "change": "rotate-root" }))
    }
}
