//! `operator`: manages operators of a vault that is not being served.

mod add;
mod enrol;
mod let_in;
mod list;
mod operator_id;
mod recover_case;
mod reset_second_factor;
mod revoke;
mod second_factor;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Operator {
    /// Invite an operator; the invitation is shown once.
    Add(add::Add),
    /// Set a password with an invitation, which works once.
    Enrol(enrol::Enrol),
    /// Let a suspended lead in again, where no lead of the case can and the one who suspended them has no account.
    LetIn(let_in::LetInAgain),
    /// List the operators.
    List(list::List),
    /// Name a lead of a case whose leads are gone, with the holders of two slots of the keyring.
    RecoverCase(Box<recover_case::RecoverLead>),
    /// Let somebody replace a second factor that they lost; a second person has to do the same.
    ResetSecondFactor(reset_second_factor::Reset),
    /// Revoke an operator and end their sessions.
    Revoke(revoke::Revoke),
    /// Set up your second factor, for an authenticator; its secret is shown once.
    SecondFactor(second_factor::SecondFactor),
}

impl Operator {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Add(add) => add.run(),
            Self::Enrol(enrol) => enrol.run(),
            Self::LetIn(lead) => lead.run(),
            Self::List(list) => list.run(),
            Self::RecoverCase(lead) => lead.run(),
            Self::ResetSecondFactor(reset) => reset.run(),
            Self::Revoke(revoke) => revoke.run(),
            Self::SecondFactor(factor) => factor.run(),
        }
    }
}
