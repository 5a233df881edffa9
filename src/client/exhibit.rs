//! Exhibits of a case: list them, send a file, cancel its admission, compare two, ask for one to be withdrawn.

use std::io::Read;

use clap::Args;
use serde_json::{Value, json};

use super::case_arg::{CaseArg, path};
use super::connection::{part, with_query};
use super::failure::Failure;
use super::interrupt::Interrupt;
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
        let output = &self.client.output;
        output.list(&exhibits, "exhibits", COLUMNS)?;
        if let Some(under_way) = exhibits.get("under_way") {
            output.words(&told_of(under_way));
        }
        Ok(())
    }
}

/// What is told of a file that is being admitted.
fn told_of(under_way: &Value) -> String {
    let text = |name: &str| under_way.get(name).and_then(Value::as_str).unwrap_or("-");
    let rows = under_way.get("rows").and_then(Value::as_u64);
    let rows = rows.map_or(String::new(), |rows| {
        format!(", {rows} rows so far; `exhibit cancel` stops it")
    });
    let (id, since) = (text("exhibit"), text("begun_at"));
    format!("a file is being admitted as {id} since {since}{rows}")
}

/// Stop the admission that is under way in a case; nothing of its file is kept
#[derive(Args)]
#[command(after_help = "Example:\n  breachvault exhibit cancel --case c_0123456789abcdefghjk")]
pub(crate) struct Cancel {
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    client: Client,
}

impl Cancel {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let connection = self.client.connect()?;
        let cancelled = connection.delete_nothing(&self.case.path(UNDER_WAY))?;
        self.client.output.object(&cancelled.value()?)
    }
}

/// Where the admission of a case is that is under way.
const UNDER_WAY: &str = "/admissions/current";

/// Waits for ctrl-C while a file is sent, and cancels its admission then.
pub(crate) fn interrupt(client: &Client, case: &str) -> Result<Interrupt, Failure> {
    Interrupt::watch(
        client.connect()?,
        path(case, UNDER_WAY),
        client.output.quiet,
    )
}

/// A file on its way to the server: what is said of it, as members of the address and as headers.
pub(crate) struct Sending<'a> {
    pub(crate) case: &'a str,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) bytes: Option<u64>,
}

/// Sends a file and gives the report on it. A refusal of the file has its report too.
pub(crate) fn send(
    client: &Client,
    sending: &Sending<'_>,
    file: &mut dyn Read,
) -> Result<Value, Failure> {
    let query: Vec<_> = sending
        .query
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let path = with_query(&path(sending.case, "/exhibits"), &query);
    let sent = client
        .connect()?
        .upload(&path, &sending.headers, file, sending.bytes);
    sent?.value()
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
