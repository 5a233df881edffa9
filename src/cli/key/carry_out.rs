//! `key carry-out`: does the change that was approved, and shows once what is handed out.

use clap::Args;
use serde_json::Value;

use super::change::Asking;
use crate::cli::error::CliError;
use crate::cli::{answer, streams};

/// Carry out the change of the keyring's slots that you asked for and another administrator approved.
///
/// The passphrase or the shares of a new slot are shown now and never again. Give each share to one holder.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key carry-out --reason 'the holders are in the room'")]
pub(in crate::cli) struct CarryOut {
    #[command(flatten)]
    asking: Asking,
}

impl CarryOut {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let (told, json) = self.asking.carry_out()?;
        if json {
            return streams::json(&told);
        }
        for (name, value) in told.as_object().into_iter().flatten() {
            if !value.is_null() && name != "shares" {
                streams::data(&format!("{name}: {}", answer::plain(value)))?;
            }
        }
        let shares = told.get("shares").and_then(Value::as_array);
        if let Some(shares) = shares {
            let cell = |name| told.get(name).map(answer::plain).unwrap_or_default();
            streams::words(&format!(
                "write on each share: vault {}; {} of {} needed",
                cell("vault_fingerprint"),
                cell("needed"),
                shares.len()
            ));
        }
        for (no, share) in (1..).zip(shares.into_iter().flatten()) {
            streams::data(&format!("share {no}: {}", answer::plain(share)))?;
        }
        streams::words(
            "a backup of the keyring from before does not have this change: make a new one",
        );
        Ok(())
    }
}
