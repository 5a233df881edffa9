//! `node join`.

use clap::Args;
use serde_json::Value;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::domain::NodeName;
use crate::operations::node::JoinNode;

#[derive(Args)]
#[command(
    after_help = "Copy keys/ and data/store of another node into the directory before\n\
                  (docs/scale.md). Other nodes may be served meanwhile.\n\n\
                  Example:\n  \
                  breachvault node join --name second --dir ./vault \\\n      \
                  --operator administrator"
)]
pub(in crate::cli) struct Join {
    /// What people call the node: 1 to 40 characters
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Join {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let name = NodeName::parse(&self.name)
            .map_err(|error| CliError::usage(format!("--name: {error}")))?;
        let told: Value = answer::read(self.local.perform_joining(JoinNode(name))?)?;
        let node = told.get("node").and_then(Value::as_str).unwrap_or_default();
        let node = node
            .parse()
            .map_err(|_| CliError::failed("the vault's answer could not be read"))?;
        self.local.become_node(&node)?;
        answer::show(&told, self.json)
    }
}
