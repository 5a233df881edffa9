//! Tokens of scripts: make, list and revoke them.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::pass::{self, ForWhat};
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
    #[command(flatten)]
    for_what: ForWhat,
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
            Self::List(list) => pass::list(&list.client, "tokens", Column("TOKEN", "token")),
            Self::Make(make) => pass::make(&make.client, "tokens", make.for_what.body()),
            Self::Revoke(revoke) => pass::end(&revoke.client, "tokens", &revoke.token),
        }
    }
}
