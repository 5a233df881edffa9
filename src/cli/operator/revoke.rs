//! `operator revoke`.

use clap::Args;

use super::operator_id::operator_id;
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::only_reason;
use crate::operations::operator::RevokeOperator;

#[derive(Args)]
pub(in crate::cli) struct Revoke {
    /// The operator's id, as `operator list` shows it
    id: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Revoke {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let operator = operator_id(&self.id)?;
        let why = self.reason.as_deref().map(only_reason).transpose()?;
        let reply = self.local.perform(RevokeOperator { operator, why })?;
        answer::print(reply, self.json)
    }
}
