//! `clock`: the time of a served vault, or with `--dir` of one that is not served.

mod accept;
mod read;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Clock {
    /// Show the vault's time and the machine's, and whether they agree.
    Read(read::ReadNow),
    /// Accept the time of the machine's clock; a second person has to do the same.
    Accept(accept::Accept),
}

impl Clock {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Read(read) => read.run(),
            Self::Accept(accept) => accept.run(),
        }
    }
}
