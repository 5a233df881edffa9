//! `store`: where a vault's tables are.

mod copy;
mod prepare;

use clap::Subcommand;

use super::error::CliError;

/// Where a vault's tables are: move them to a server or into a file, make the tables of a server.
#[derive(Subcommand)]
pub(super) enum Store {
    Copy(Box<copy::Copy>),
    Prepare(prepare::Prepare),
}

impl Store {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Copy(copy) => copy.run(),
            Self::Prepare(prepare) => prepare.run(),
        }
    }
}
