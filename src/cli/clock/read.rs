//! `clock read`.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::clock::ReadClock;

#[derive(Args)]
pub(in crate::cli) struct ReadNow {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl ReadNow {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let reply = self.local.perform(ReadClock)?;
        answer::print(reply, self.json)
    }
}
