//! `operator list`.

use clap::Args;
use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::{answer, streams};
use crate::operations::operator::ListOperators;
use crate::vault::scope::WantedRows;

#[derive(Args)]
pub(in crate::cli) struct List {
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl List {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let reply = self.local.perform(ListOperators(WantedRows::ALL))?;
        if self.json {
            return answer::print(reply, true);
        }
        let list: Value = answer::read(reply)?;
        let operators = list.get("operators").and_then(Value::as_array);
        for operator in operators.into_iter().flatten() {
            let told = |name| operator.get(name).map(answer::plain).unwrap_or_default();
            let second = match told("second_factor").as_str() {
                "true" => "second factor",
                _ => "password only",
            };
            streams::data(&format!(
                "{:<24} {:<20} {:<14} {:<8} {second}",
                told("operator"),
                told("name"),
                told("role"),
                told("state"),
            ))?;
        }
        Ok(())
    }
}
