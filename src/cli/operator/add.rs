//! `operator add`.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::domain::{HomeRole, OperatorName};
use crate::operations::operator::AddOperator;

#[derive(Args)]
pub(in crate::cli) struct Add {
    /// 2 to 64 of a-z 0-9 . _ -, beginning with a letter
    name: String,
    /// investigator, lead, custodian, liaison, auditor or administrator
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Add {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let name = OperatorName::parse(&self.name)
            .map_err(|error| CliError::usage(format!("the name {error}")))?;
        let role: HomeRole = self
            .role
            .parse()
            .map_err(|error| CliError::usage(format!("--role: {error}")))?;
        let reply = self.local.perform(AddOperator { name, role })?;
        answer::print(reply, self.json)
    }
}
