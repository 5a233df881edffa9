use crate::cli::error::CliError;
use clap::Args;
#[derive(Args)]
pub(in crate::cli) struct Demo {}
impl Demo {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        Err(CliError::failed("not linked"))
    }
}
