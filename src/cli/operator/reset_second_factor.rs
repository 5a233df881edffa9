//! `operator reset-second-factor`: two people let somebody replace a second factor that they lost.
//!
//! It needs the vault's passphrase, so it is for a vault that is not served.

use clap::Args;

use super::operator_id::operator_id;
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::only_reason;
use crate::operations::operator::ResetSecondFactor;

#[derive(Args)]
pub(in crate::cli) struct Reset {
    /// The id of whoever lost it, as `operator list` shows it
    id: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Reset {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let operator = operator_id(&self.id)?;
        let act = ResetSecondFactor {
            operator,
            why: only_reason(&self.reason)?,
        };
        let reply = self.local.perform(act)?;
        answer::print_of_two(reply, self.json)
    }
}
