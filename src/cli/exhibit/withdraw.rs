//! `exhibit withdraw`: one person asks, another decides.

use clap::{Args, Subcommand};

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::{Local, LocalIfAny};
use crate::client::case_arg::CaseArg;
use crate::client::{Client, Output, exhibit, request};
use crate::operations::DecisionInput;
use crate::operations::withdrawal::{DecideWithdrawal, RequestWithdrawal};
use crate::vault::{Operation, OperationError, Refusal};

#[derive(Subcommand)]
pub(in crate::cli) enum Withdraw {
    /// Ask for a wrong exhibit to be withdrawn.
    Ask(Box<Ask>),
    /// Decide a request of somebody else; approving it withdraws the exhibit.
    Decide(Box<Decide>),
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault exhibit withdraw ask x_0123456789abcdefghjk --case C \\\n      \
                  --reason 'the wrong file was sent'")]
pub(in crate::cli) struct Ask {
    /// The exhibit
    exhibit: String,
    #[command(flatten)]
    case: CaseArg,
    /// What is wrong with it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault exhibit withdraw decide w_0123456789abcdefghjk approve \\\n      \
                  --reason 'their mail confirms it'")]
pub(in crate::cli) struct Decide {
    /// The withdrawal
    withdrawal: String,
    /// approve or deny
    #[arg(value_parser = ["approve", "deny"])]
    decision: String,
    /// Why, in 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
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
        let Some(local) = self.local.given() else {
            let (client, reason) = (&self.client, &self.reason);
            let asked = exhibit::ask_withdrawal(client, self.case.id(), &self.exhibit, reason)?;
            return Ok(client.output.object(&asked)?);
        };
        let case = id("--case", self.case.id())?;
        let exhibit = id("EXHIBIT", &self.exhibit)?;
        let operation =
            RequestWithdrawal::of_exhibit(case, exhibit, &self.reason).map_err(usage)?;
        let absent = "no such exhibit in this case";
        act(&local, operation, absent, &self.client.output)
    }
}

impl Decide {
    fn run(self) -> Result<(), CliError> {
        let Some(local) = self.local.given() else {
            let (client, id) = (&self.client, &self.withdrawal);
            return Ok(request::decide(client, id, &self.decision, &self.reason)?);
        };
        let input = DecisionInput {
            decision: self.decision,
            reason: self.reason,
        };
        let id = id("WITHDRAWAL", &self.withdrawal)?;
        let operation = DecideWithdrawal::new(id, &input).map_err(usage)?;
        act(&local, operation, "no such withdrawal", &self.client.output)
    }
}

/// Runs the operation as the operator who signed in and prints the answer. `absent`
/// is the error if the operation does not find what it is about.
pub(super) fn act(
    local: &Local,
    operation: impl Operation,
    absent: &str,
    output: &Output,
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
    Ok(output.object(&answer::read(reply)?)?)
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
