//! `clock read`.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::client::{Client, clock};
use crate::operations::clock::ReadClock;

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault clock read")]
pub(in crate::cli) struct ReadNow {
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl ReadNow {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let Some(local) = self.local.given() else {
            return Ok(clock::show(&self.client)?);
        };
        let reply = local.perform(ReadClock)?;
        answer::print(reply, self.client.output.json)
    }
}
