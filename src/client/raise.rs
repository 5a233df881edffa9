//! Raises of a budget: ask for more lookup points for a time, and see what was asked.

use clap::{Args, Subcommand};
use serde_json::json;

use super::case_arg::CaseArg;
use super::failure::Failure;
use super::request::{self, ListArgs};
use super::server::Client;
use super::table::Column;
use super::why::ReasonArg;

#[derive(Subcommand)]
pub(crate) enum Raise {
    /// Ask for more lookup points for yourself; another lead decides
    Request(Ask),
    /// List the raises of a case
    List(List),
    /// Show a raise: who asked for how much, until when and why
    Show(Show),
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault raise request --points 500 --until 2024-03-28T00:00:00Z \\\n      \
                  --case C --reason 'the carrier sent a list of 600'")]
pub(crate) struct Ask {
    /// How many points in addition to the usual ones
    #[arg(long, value_name = "N")]
    points: u32,
    /// Until when, in at most 31 days, with its zone, such as 2024-03-28T00:00:00Z
    #[arg(long, value_name = "TIME")]
    until: String,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault raise list --case C --state requested")]
pub(crate) struct List {
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault raise show b_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The raise
    raise: String,
    #[command(flatten)]
    client: Client,
}

impl Raise {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Request(ask) => {
                let body = json!({
                    "points": ask.points,
                    "until": ask.until,
                    "reason": ask.why.reason,
                });
                let connection = ask.client.connect()?;
                let asked = connection.post(&ask.case.path("/raises"), &body)?.value()?;
                ask.client.output.object(&asked)
            }
            Self::List(list) => request::list(&list.list, "raises", COLUMNS),
            Self::Show(show) => request::show(&show.client, &show.raise).map(drop),
        }
    }
}

const COLUMNS: &[Column] = &[
    Column("RAISE", "raise"),
    Column("STATE", "state"),
    Column("POINTS", "points"),
    Column("UNTIL", "until"),
    Column("ASKED BY", "asked_by"),
    Column("ASKED", "asked_at"),
    Column("EXPIRES", "expires_at"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];
