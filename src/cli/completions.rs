//! `completions`: prints a completion script for a shell.

use clap::{Args, Command};
use clap_complete::Shell;

use super::error::CliError;
use super::streams;

#[derive(Args)]
pub(super) struct Completions {
    /// The shell to print completions for
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, mut command: Command) -> Result<(), CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "breachvault", &mut script);
        streams::data(String::from_utf8_lossy(&script).trim_end())
    }
}
