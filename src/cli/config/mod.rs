//! `config`: the configuration file, before it is used.

mod check;
mod example;

use clap::Subcommand;

use super::error::CliError;

#[derive(Subcommand)]
pub(super) enum Config {
    /// Check a configuration file, and say which settings differ from their defaults.
    Check(check::Check),
    /// Print a configuration file with every setting, its default and what it means.
    Example(example::Example),
}

impl Config {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self {
            Self::Check(check) => check.run(),
            Self::Example(example) => example.run(),
        }
    }
}
