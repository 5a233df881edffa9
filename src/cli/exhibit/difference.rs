//! `exhibit difference`: counts what one exhibit has and another has not.

use clap::Args;

use super::withdraw::{act, id, usage};
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::exhibit::CompareExhibits;

#[derive(Args)]
pub(in crate::cli) struct Difference {
    /// The exhibit
    exhibit: String,
    /// The exhibit to compare with; either may be withdrawn
    #[arg(long, value_name = "EXHIBIT")]
    against: String,
    /// The case
    #[arg(long, value_name = "C")]
    case: String,
    /// Print the counts as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Difference {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let case = id("--case", &self.case)?;
        let exhibit = id("EXHIBIT", &self.exhibit)?;
        let operation = CompareExhibits::new(case, exhibit, &self.against).map_err(usage)?;
        act(
            &self.local,
            operation,
            "no such exhibit in this case",
            self.json,
        )
    }
}
