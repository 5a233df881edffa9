//! Tokens of scripts: make, list and revoke them.

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;

#[derive(Subcommand)]
pub(crate) enum Tokens {
    /// List your tokens; an administrator sees everybody's
    List(List),
    /// Make a token; it is shown once
    Make(Make),
    /// Revoke a token
    Revoke(Revoke),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault tokens list")]
pub(crate) struct List {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "It is for reading only: case.list, case.read, exhibit.list, record.lookup,\n\
                  record.search, record.scope, audit.search and others (docs/people.md).\n\n\
                  Example:\n  \
                  breachvault tokens make 'nightly counts' --days 30 \\\n      \
                  --action record.scope --only-case c_0123456789abcdefghjk"
)]
pub(crate) struct Make {
    /// What you call it
    label: String,
    /// How many days it is good for: 1 to 90
    #[arg(long, value_name = "N")]
    days: u16,
    /// What it is for; may be given more than once
    #[arg(long = "action", value_name = "ACTION", required = true)]
    actions: Vec<String>,
    /// The one case that it is for; by default all of yours
    #[arg(long, value_name = "C")]
    only_case: Option<String>,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault tokens revoke t_0123456789abcdefghjk")]
pub(crate) struct Revoke {
    /// The token's id, as `tokens list` shows it
    token: String,
    #[command(flatten)]
    client: Client,
}

impl Tokens {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let connection = list.client.connect()?;
                let tokens = connection.get_pages("/tokens", "tokens", &[])?;
                list.client.output.list(&tokens, "tokens", COLUMNS)
            }
            Self::Make(make) => {
                let mut body = Map::new();
                body.insert("label".to_owned(), make.label.into());
                body.insert("days".to_owned(), make.days.into());
                body.insert("actions".to_owned(), make.actions.into());
                if let Some(case) = make.only_case {
                    body.insert("case".to_owned(), case.into());
                }
                let made = make.client.connect()?;
                let made = made.post("/tokens", &Value::Object(body))?.value()?;
                make.client.output.object(&made)
            }
            Self::Revoke(revoke) => {
                let path = format!("/tokens/{}", part(&revoke.token));
                let revoked = revoke.client.connect()?.delete_nothing(&path)?.value()?;
                revoke.client.output.object(&revoked)
            }
        }
    }
}

const COLUMNS: &[Column] = &[
    Column("TOKEN", "token"),
    Column("LABEL", "label"),
    Column("OWNER", "owner"),
    Column("FOR", "actions"),
    Column("CASE", "case"),
    Column("ENDS", "expires_at"),
    Column("USED LAST", "used_at"),
];
