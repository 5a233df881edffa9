//! `node strike-off`.

use clap::Args;

use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::operations::node::StrikeOffNode;
use crate::operations::only_reason;

#[derive(Args)]
#[command(
    after_help = "It takes two administrators: it is struck off when the second one runs\n\
                  this within a day. It writes nothing more from then on, and what it was\n\
                  admitting is cleared.\n\
                  Whoever has its keyring file still has the keys in it.\n\n\
                  Example:\n  \
                  breachvault node strike-off n_0123456789abcdefghjk \\\n      \
                  --reason 'the machine is gone' --dir ./vault \\\n      \
                  --operator administrator"
)]
pub(in crate::cli) struct StrikeOff {
    /// The id of the node, as `node list` shows it
    id: String,
    /// The reason: 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl StrikeOff {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let node = self
            .id
            .parse()
            .map_err(|error| CliError::usage(format!("the node is {error}")))?;
        let why = only_reason(&self.reason)?;
        let reply = self.local.perform(StrikeOffNode { node, why })?;
        answer::print(reply, self.json)
    }
}
