//! Cases: list, open, show, hold, close and reopen them.

use clap::{Args, Subcommand};
use serde_json::json;

use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

#[derive(Subcommand)]
pub(crate) enum Case {
    /// List the cases that you are a member of
    List(List),
    /// Open a case; you lead it
    Open(Open),
    /// Show a case: its state, its exhibits and numbers counted, what is in quarantine
    Show(Show),
    /// Put a case on hold: it is kept and nothing is destroyed
    #[command(after_help = "Example:\n  \
                  breachvault case hold c_0123456789abcdefghjk \\\n      \
                  --reason 'a court asked to keep it'")]
    Hold(Move),
    /// Close a case, after which it is read no more
    #[command(after_help = "Example:\n  \
                  breachvault case close c_0123456789abcdefghjk \\\n      \
                  --reason 'the last notice was sent'")]
    Close(Move),
    /// Reopen a case that was closed or held
    #[command(
        after_help = "Example:\n  breachvault case reopen c_0123456789abcdefghjk --reason 'somebody else asks'"
    )]
    Reopen(Move),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault case list --csv > cases.csv")]
pub(crate) struct List {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault case open --title 'Text message log' --reference IR-2024-17 \\\n      \
                  --reason 'the supplier gave notice'"
)]
pub(crate) struct Open {
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Its number in another system
    #[arg(long, value_name = "TEXT")]
    reference: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault case show c_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The case, as `case list` shows it
    case: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
pub(crate) struct Move {
    /// The case
    case: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

/// The case that a command is about.
#[derive(Args)]
pub(crate) struct CaseArg {
    /// The case, as `case list` shows it
    #[arg(
        long = "case",
        value_name = "C",
        env = "BREACHVAULT_CASE",
        hide_env_values = true
    )]
    id: String,
}

impl CaseArg {
    /// Its id, which the server has not seen yet.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The path of something in the case.
    pub(crate) fn path(&self, rest: &str) -> String {
        path(&self.id, rest)
    }
}

pub(crate) fn path(case: &str, rest: &str) -> String {
    format!("/cases/{}{rest}", part(case))
}

impl Case {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let cases = list.client.connect()?.get_pages("/cases", "cases", &[])?;
                list.client.output.list(&cases, "cases", COLUMNS)
            }
            Self::Open(open) => {
                let body = json!({
                    "title": open.title,
                    "reference": open.reference,
                    "reason": open.why.reason,
                });
                let opened = open.client.connect()?.post("/cases", &body)?.value()?;
                open.client.output.object(&opened)
            }
            Self::Show(show) => {
                let shown = show.client.connect()?.get(&path(&show.case, ""))?.value()?;
                show.client.output.object(&shown)
            }
            Self::Hold(act) => act.run("/hold"),
            Self::Close(act) => act.run("/close"),
            Self::Reopen(act) => act.run("/reopen"),
        }
    }
}

impl Move {
    fn run(self, to: &str) -> Result<(), Failure> {
        let body = json!({ "reason": self.why.reason });
        let connection = self.client.connect()?;
        let moved = connection.post(&path(&self.case, to), &body)?.value()?;
        self.client.output.object(&moved)
    }
}

const COLUMNS: &[Column] = &[
    Column("CASE", "case"),
    Column("STATE", "state"),
    Column("ROLE", "role"),
    Column("EXHIBITS", "exhibits"),
    Column("NUMBERS", "numbers"),
    Column("QUARANTINED", "quarantined"),
    Column("OPENED", "opened_at"),
    Column("REFERENCE", "reference"),
    Column("TITLE", "title"),
];
