//! What waits for whoever asks, across all their cases.

use clap::Args;

use super::failure::Failure;
use super::server::Client;
use super::table::Column;

/// List what waits for you in all your cases: requests, and what else you can do something about
#[derive(Args)]
#[command(after_help = "Examples:\n  breachvault inbox\n  breachvault inbox --csv > waiting.csv")]
pub(crate) struct Inbox {
    #[command(flatten)]
    client: Client,
}

impl Inbox {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let output = &self.client.output;
        let inbox = self.client.connect()?.get_pages("/inbox", "waiting", &[])?;
        output.list(&inbox, "waiting", WAITING)?;
        // JSON has both lists; a sheet has one.
        let tasks = inbox.get("tasks").and_then(|tasks| tasks.as_array());
        match output.json || output.csv || tasks.is_none_or(Vec::is_empty) {
            true => Ok(()),
            false => {
                output.words("and beside requests:");
                output.list(&inbox, "tasks", TASKS)
            }
        }
    }
}

const WAITING: &[Column] = &[
    Column("KIND", "kind"),
    Column("REQUEST", "request"),
    Column("WAITS FOR", "waits_for"),
    Column("ASKED BY", "asked_by"),
    Column("EXPIRES", "expires_at"),
    Column("CASE", "case"),
    Column("TITLE", "title"),
    Column("MEMBER", "member"),
    Column("AS", "member_role"),
    Column("PURPOSE", "purpose"),
    Column("REASON", "reason"),
];

const TASKS: &[Column] = &[
    Column("TASK", "kind"),
    Column("YOURS", "yours"),
    Column("NAME", "name"),
    Column("OPERATOR", "operator"),
    Column("UNTIL", "until"),
    Column("CASE", "case"),
];
