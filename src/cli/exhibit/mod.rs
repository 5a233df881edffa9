//! `exhibit`: received files and synthetic ones.

mod admission;
mod admit;
mod check;
mod difference;
mod map;
pub(super) mod options;
mod report;
mod synthesise;
mod upload;
mod withdraw;

use clap::Subcommand;

pub(super) use self::admission::admit;
use super::error::CliError;
use crate::client::exhibit;

#[derive(Subcommand)]
pub(super) enum Exhibit {
    /// Admit a log to a case of a vault that is not being served.
    Admit(Box<admit::Admit>),
    /// Send a file to a served vault, which admits it to a case.
    Upload(Box<upload::Upload>),
    /// List the exhibits of a case of a served vault.
    List(exhibit::List),
    Cancel(exhibit::Cancel),
    /// Read a whole file and say what an admission would make of it; nothing is admitted.
    Check(Box<check::Check>),
    /// Draft a mapping for a file of an unknown format.
    Map(map::Map),
    /// Withdraw a wrong exhibit from all answers; this takes two people.
    #[command(subcommand)]
    Withdraw(withdraw::Withdraw),
    /// Count what one exhibit has and another has not.
    Difference(Box<difference::Difference>),
    /// Make a synthetic log: reproducible, with numbers that belong to nobody.
    Synthesise(synthesise::Synthesise),
}

impl Exhibit {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Admit(admit) => admit.run(),
            Self::Upload(upload) => upload.run(),
            Self::List(list) => Ok(list.run()?),
            Self::Cancel(cancel) => Ok(cancel.run()?),
            Self::Check(check) => check.run(),
            Self::Map(map) => map.run(),
            Self::Withdraw(withdraw) => withdraw.run(),
            Self::Difference(difference) => difference.run(),
            Self::Synthesise(synthesise) => synthesise.run(),
        }
    }
}
