//! `operator`: manages operators of a vault that is not being served.

mod add;
mod enrol;
mod list;
mod revoke;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Operator {
    /// Invite an operator; the enrolment token is shown once.
    Add(add::Add),
    /// Set a password with an enrolment token; the token works once.
    Enrol(enrol::Enrol),
    /// List the operators.
    List(list::List),
    /// Revoke an operator and end their sessions.
    Revoke(revoke::Revoke),
}

impl Operator {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Add(add) => add.run(),
            Self::Enrol(enrol) => enrol.run(),
            Self::List(list) => list.run(),
            Self::Revoke(revoke) => revoke.run(),
        }
    }
}
