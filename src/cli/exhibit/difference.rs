//! `exhibit difference`: counts what one exhibit has and another has not.

use clap::Args;

use super::withdraw::{act, id, usage};
use crate::cli::error::CliError;
use crate::cli::local::LocalIfAny;
use crate::client::case_arg::CaseArg;
use crate::client::{Client, exhibit};
use crate::operations::exhibit::CompareExhibits;

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault exhibit difference x_0123456789abcdefghjk \\\n      \
                  --against x_0123456789abcdefghjm --case C")]
pub(in crate::cli) struct Difference {
    /// The exhibit
    exhibit: String,
    /// The exhibit to compare with; either may be withdrawn
    #[arg(long, value_name = "EXHIBIT")]
    against: String,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    local: LocalIfAny,
    #[command(flatten)]
    client: Client,
}

impl Difference {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let Some(local) = self.local.given() else {
            let against = &self.against;
            let counts = exhibit::difference(&self.client, self.case.id(), &self.exhibit, against)?;
            return Ok(self.client.output.object(&counts)?);
        };
        let case = id("--case", self.case.id())?;
        let exhibit = id("EXHIBIT", &self.exhibit)?;
        let operation = CompareExhibits::new(case, exhibit, &self.against).map_err(usage)?;
        let absent = "no such exhibit in this case";
        act(&local, operation, absent, &self.client.output)
    }
}
