//! `exhibit`: files as received, and made-up ones.

mod admission;
mod admit;
mod difference;
mod map;
mod synthesise;
mod withdraw;

use clap::Subcommand;

pub(super) use self::admission::admit;
use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Exhibit {
    /// Admit a log to a case of a vault that is not being served.
    Admit(Box<admit::Admit>),
    /// Draft a mapping for a file of no known format.
    Map(map::Map),
    /// Take a wrong exhibit out of the answers: two people.
    #[command(subcommand)]
    Withdraw(withdraw::Withdraw),
    /// What one exhibit has that another has not.
    Difference(difference::Difference),
    /// Make a synthetic log: reproducible, no number of anybody's.
    Synthesise(synthesise::Synthesise),
}

impl Exhibit {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Admit(admit) => admit.run(),
            Self::Map(map) => map.run(),
            Self::Withdraw(withdraw) => withdraw.run(),
            Self::Difference(difference) => difference.run(),
            Self::Synthesise(synthesise) => synthesise.run(),
        }
    }
}
