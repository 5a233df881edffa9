//! `clock accept`: one person accepts the time of the machine's clock; with the second person it is the vault's.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::domain::Moment;
use crate::operations::clock::AcceptTime;
use crate::operations::only_reason;

#[derive(Args)]
pub(in crate::cli) struct Accept {
    /// The time by a watch of your own, to five minutes, such as 2024-03-21T22:34:49Z
    #[arg(long, value_name = "TIME")]
    time: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Accept {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let time: Moment = self
            .time
            .parse()
            .map_err(|error| CliError::usage(format!("--time: {error}")))?;
        let act = AcceptTime {
            time,
            why: only_reason(&self.reason)?,
        };
        let reply = self.local.perform(act)?;
        answer::print(reply, self.json)
    }
}
