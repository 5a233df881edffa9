//! `exhibit withdraw`: one person asks, another decides.

use clap::{Args, Subcommand};

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::DecisionInput;
use crate::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use crate::vault::{Operation, OperationError, Refusal};

#[derive(Subcommand)]
pub(in crate::cli) enum Withdraw {
    /// Ask for a wrong exhibit to be withdrawn.
    Ask(Ask),
    /// Decide a request of somebody else; approving it withdraws the exhibit.
    Decide(Decide),
}

#[derive(Args)]
pub(in crate::cli) struct Ask {
    /// The exhibit
    exhibit: String,
    /// The case
    #[arg(long, value_name = "C")]
    case: String,
    /// What is wrong with it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

#[derive(Args)]
pub(in crate::cli) struct Decide {
    /// The withdrawal
    withdrawal: String,
    /// approve or deny
    #[arg(value_parser = ["approve", "deny"])]
    decision: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Withdraw {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Ask(ask) => ask.run(),
            Self::Decide(decide) => decide.run(),
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), CliError> {
        let case = id("--case", &self.case)?;
        let exhibit = id("EXHIBIT", &self.exhibit)?;
        let operation =
            RequestWithdrawal::of_exhibit(case, exhibit, &self.reason).map_err(usage)?;
        act(
            &self.local,
            operation,
            "no such exhibit in this case",
            self.json,
        )
    }
}

impl Decide {
    fn run(self) -> Result<(), CliError> {
        let input = DecisionInput {
            decision: self.decision,
            reason: self.reason,
        };
        let id = id("WITHDRAWAL", &self.withdrawal)?;
        let operation = DecideWithdrawal::new(id, &input).map_err(usage)?;
        act(&self.local, operation, "no such withdrawal", self.json)
    }
}

/// Runs the operation as the operator who signed in and prints the answer. `absent`
/// is the error if the operation does not find what it is about.
pub(super) fn act(
    local: &Local,
    operation: impl Operation,
    absent: &str,
    json: bool,
) -> Result<(), CliError> {
    let reply = local.act(|vault, caller| {
        vault
            .perform(caller, operation)
            .map_err(|refusal| match refusal {
                Refusal::Failed(OperationError::NotFound, receipt) => {
                    CliError::failed(format!("{absent} (audit leaf {})", receipt.leaf()))
                }
                other => other.into(),
            })
    })?;
    answer::print(reply, json)
}

pub(super) fn id<T: std::str::FromStr>(at: &str, text: &str) -> Result<T, CliError>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| CliError::usage(format!("{at}: {error}")))
}

pub(super) fn usage(error: OperationError) -> CliError {
    match error {
        OperationError::Invalid { at, rule } => CliError::usage(format!("--{at}: {rule}")),
        other => other.into(),
    }
}
