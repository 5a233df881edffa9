//! `config example`: prints the file that a package installs.

use clap::Args;

use super::super::error::CliError;
use super::super::streams;

#[derive(Args)]
#[command(after_help = "Example: breachvault config example > breachvault.toml")]
pub(in crate::cli) struct Example {}

impl Example {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        streams::data(include_str!("../../../packaging/breachvault.toml").trim_end())
    }
}
