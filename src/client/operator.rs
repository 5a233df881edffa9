//! Operators of the vault: list, invite and revoke them; stop a recovery.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::part;
use super::failure::Failure;
use super::server::Client;
use super::table::Column;
use crate::domain::HomeRole;

#[derive(Subcommand)]
pub(crate) enum Operators {
    /// List the operators
    List(List),
    /// Invite an operator; the invitation is shown once
    Invite(Invite),
    /// Revoke an operator and end their sessions
    Revoke(Revoke),
    /// Stop the recovery of an account whose passkeys are said to be lost
    StopRecovery(StopRecovery),
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault operators list")]
pub(crate) struct List {
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault operators invite lead.two --role lead")]
pub(crate) struct Invite {
    /// 2 to 64 of a-z 0-9 . _ -, beginning with a letter
    name: String,
    /// The role in the vault
    #[arg(long, value_name = "ROLE", default_value = "investigator",
        value_parser = clap::builder::PossibleValuesParser::new(HomeRole::WORDS))]
    role: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault operators revoke o_0123456789abcdefghjk \\\n      \
                  --reason 'left the company today'")]
pub(crate) struct Revoke {
    /// The operator's id, as `operators list` shows it
    operator: String,
    /// Why, in 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  breachvault operators stop-recovery o_0123456789abcdefghjk \\\n      \
                  --reason 'she says that it is not her'")]
pub(crate) struct StopRecovery {
    /// The operator's id, as `operators list` shows it
    operator: String,
    /// Why, in 10 to 500 characters
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    client: Client,
}

impl Operators {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => {
                let connection = list.client.connect()?;
                let operators = connection.get_pages("/operators", "operators", &[])?;
                list.client.output.list(&operators, "operators", COLUMNS)
            }
            Self::Invite(invite) => {
                let body = json!({ "name": invite.name, "role": invite.role });
                let invited = invite.client.connect()?.post("/operators", &body)?;
                invite.client.output.object(&invited.value()?)
            }
            Self::Revoke(revoke) => {
                let path = format!("/operators/{}", part(&revoke.operator));
                let body = because(revoke.reason);
                let revoked = revoke.client.connect()?.delete(&path, &body)?;
                revoke.client.output.object(&revoked.value()?)
            }
            Self::StopRecovery(stop) => {
                let path = format!("/operators/{}/recovery", part(&stop.operator));
                let body = because(stop.reason);
                let stopped = stop.client.connect()?.delete(&path, &body)?;
                stop.client.output.object(&stopped.value()?)
            }
        }
    }
}

fn because(reason: Option<String>) -> Value {
    reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }))
}

const COLUMNS: &[Column] = &[
    Column("OPERATOR", "operator"),
    Column("NAME", "name"),
    Column("ROLE", "role"),
    Column("STATE", "state"),
    Column("INVITED UNTIL", "invited_until"),
    Column("SECOND FACTOR", "second_factor"),
    Column("WRONG CODES", "wrong_codes"),
    Column("RECOVERS AT", "recovers_at"),
];
