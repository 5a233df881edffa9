//! `operator let-in`: lets a suspended lead in again whom nobody else can.
//!
//! It needs the vault's passphrase, so it is for a vault that is not served.

use clap::Args;

use super::operator_id::operator_id;
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::domain::CaseId;
use crate::operations::case::LetIn;
use crate::operations::only_reason;

#[derive(Args)]
pub(in crate::cli) struct LetInAgain {
    /// The lead's id, as `operator list` shows it
    id: String,
    /// The case they are suspended in
    #[arg(long, value_name = "C")]
    case: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl LetInAgain {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let operator = operator_id(&self.id)?;
        let case: CaseId = self
            .case
            .parse()
            .map_err(|error| CliError::usage(format!("--case is {error}")))?;
        let act = LetIn::new(case, operator, only_reason(&self.reason)?);
        let reply = self.local.perform(act)?;
        answer::print(reply, self.json)
    }
}
