//! `key decide`: another administrator says yes or no to a change of the slots.

use clap::{Args, ValueEnum};

use super::change::Asking;
use crate::cli::error::CliError;

/// Decide the change of the keyring's slots that waits; `key slots` shows it.
#[derive(Args)]
#[command(after_help = "Example:
  breachvault key decide approve --reason 'agreed with the board today'")]
pub(in crate::cli) struct Decide {
    /// What you decide: approve or deny
    #[arg(value_name = "DECISION")]
    decision: Decision,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Clone, Copy, ValueEnum)]
enum Decision {
    Approve,
    Deny,
}

impl Decide {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        self.asking.decide(match self.decision {
            Decision::Approve => "approve",
            Decision::Deny => "deny",
        })
    }
}
