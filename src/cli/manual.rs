//! `man`: the manual pages, one for each command.

use std::path::PathBuf;

use clap::{Args, Command};

use super::error::CliError;
use super::streams;

/// Print the manual page, or write one for each command
#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault man | man -l -\n  breachvault man --out ~/.local/share/man/man1"
)]
pub(super) struct Manual {
    /// Write a page for each command to this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(self, command: Command) -> Result<(), CliError> {
        match self.out {
            Some(directory) => {
                std::fs::create_dir_all(&directory)
                    .map_err(CliError::file("make the directory", &directory))?;
                clap_mangen::generate_to(command, &directory)
                    .map_err(CliError::file("write the pages to", &directory))
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command)
                    .render(&mut page)
                    .map_err(CliError::io("make the page"))?;
                streams::data(String::from_utf8_lossy(&page).trim_end())
            }
        }
    }
}
