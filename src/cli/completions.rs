//! `completions`: prints a completion script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::error::CliError;
use super::streams;

#[derive(Args)]
pub(super) struct Completions {
    /// The shell to print completions for
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), CliError> {
        let mut script = Vec::new();
        let mut command = Arguments::command();
        clap_complete::generate(self.shell, &mut command, "breachvault", &mut script);
        streams::data(String::from_utf8_lossy(&script).trim_end())
    }
}
