//! `clock accept`: one person accepts the time of the machine's clock; with the second person it is the vault's.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::client::{Client, clock};
use crate::domain::Moment;
use crate::operations::clock::AcceptTime;
use crate::operations::only_reason;

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault clock accept --time 2024-03-21T22:34:49Z \\\n      \
                  --reason 'the time server was wrong'")]
pub(in crate::cli) struct Accept {
    /// The time by a watch of your own, to five minutes, such as 2024-03-21T22:34:49Z
    #[arg(long, value_name = "TIME")]
    time: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl Accept {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let Some(local) = self.local.given() else {
            return Ok(clock::accept(&self.client, &self.time, &self.reason)?);
        };
        let time: Moment = self
            .time
            .parse()
            .map_err(|error| CliError::usage(format!("--time: {error}")))?;
        let act = AcceptTime {
            time,
            why: only_reason(&self.reason)?,
        };
        let reply = local.perform(act)?;
        answer::print_of_two(reply, self.client.output.json)
    }
}
