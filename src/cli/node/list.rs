//! `node list`.

use clap::Args;
use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::{answer, streams};
use crate::operations::node::ListNodes;

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
        let reply = self.local.perform(ListNodes)?;
        if self.json {
            return answer::print(reply, true);
        }
        let list: Value = answer::read(reply)?;
        let nodes = list.get("nodes").and_then(Value::as_array);
        for node in nodes.into_iter().flatten() {
            let told = |name| node.get(name).map(answer::plain).unwrap_or_default();
            let state = match told("running").as_str() {
                "true" => "running",
                _ => "stopped",
            };
            streams::data(&format!(
                "{:<24} {:<24} {state:<8} keyring {}",
                told("node"),
                told("name"),
                told("keyring_generation"),
            ))?;
        }
        Ok(())
    }
}
