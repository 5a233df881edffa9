//! `node list`.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::client::{Client, node};
use crate::operations::node::ListNodes;

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault node list")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl List {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let Some(local) = self.local.given() else {
            return Ok(node::list(&self.client)?);
        };
        let told = answer::read(local.perform(ListNodes)?)?;
        Ok(node::show(&self.client.output, &told)?)
    }
}
