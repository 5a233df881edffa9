//! Exhibits of a case: list them, send a file, compare two, ask for one to be withdrawn.

use std::io::Read;

use clap::Args;
use serde_json::{Value, json};

use super::case::{CaseArg, path};
use super::connection::{part, with_query};
use super::failure::Failure;
use super::server::Client;
use super::table::Column;

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault exhibit list --case c_0123456789abcdefghjk")]
pub(crate) struct List {
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

impl List {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let path = self.case.path("/exhibits");
        let exhibits = self.client.connect()?.get_pages(&path, "exhibits", &[])?;
        self.client.output.list(&exhibits, "exhibits", COLUMNS)
    }
}

/// A file on its way to the server: what is said of it, as members of the address and as headers.
pub(crate) struct Sending<'a> {
    pub(crate) case: &'a str,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) bytes: Option<u64>,
}

/// Sends a file and prints the report on it, also on one that was refused.
pub(crate) fn send(
    client: &Client,
    sending: &Sending<'_>,
    file: &mut dyn Read,
) -> Result<(), Failure> {
    let query: Vec<_> = sending
        .query
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let path = with_query(&path(sending.case, "/exhibits"), &query);
    let sent = client
        .connect()?
        .upload(&path, &sending.headers, file, sending.bytes);
    match sent {
        Ok(report) => client.output.object(&report.value()?),
        Err(failure) => {
            if let Some(report) = &failure.report {
                client.output.object(report)?;
            }
            Err(failure)
        }
    }
}

/// Counts what one exhibit has and another has not.
pub(crate) fn difference(
    client: &Client,
    case: &str,
    exhibit: &str,
    against: &str,
) -> Result<Value, Failure> {
    let path = path(case, &format!("/exhibits/{}/difference", part(exhibit)));
    let path = with_query(&path, &[("against", against)]);
    client.connect()?.get(&path)?.value()
}

/// Asks for an exhibit to be withdrawn.
pub(crate) fn ask_withdrawal(
    client: &Client,
    case: &str,
    exhibit: &str,
    reason: &str,
) -> Result<Value, Failure> {
    let path = path(case, &format!("/exhibits/{}/withdrawal", part(exhibit)));
    let body = json!({ "reason": reason });
    client.connect()?.post(&path, &body)?.value()
}

const COLUMNS: &[Column] = &[
    Column("EXHIBIT", "exhibit"),
    Column("STATE", "state"),
    Column("FORMAT", "format"),
    Column("ROWS", "rows"),
    Column("ADMITTED", "admitted"),
    Column("DUPLICATES", "duplicates"),
    Column("QUARANTINED", "quarantined"),
    Column("NUMBERS", "numbers"),
    Column("ADMITTED AT", "admitted_at"),
    Column("NAME", "name"),
    Column("SOURCE", "source"),
];
