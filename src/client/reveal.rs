//! Reveals: ask to see numbers, and see them once somebody else has agreed.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::case_arg::CaseArg;
use super::connection::part;
use super::failure::Failure;
use super::new_file::NewFile;
use super::request::{self, ListArgs};
use super::server::Client;
use super::table::{Column, write_csv};
use super::why::Why;

#[derive(Subcommand)]
pub(crate) enum Reveal {
    /// Ask to see the numbers of subjects
    Request(Ask),
    /// List the reveals of a case
    List(List),
    /// Show a reveal: who asked and why, and the numbers masked
    Show(Show),
    /// See the numbers of a reveal that somebody else approved; this works once
    Open(Open),
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault reveal request S-7Q4M2KXA --case C --purpose notification \\\n      \
                  --reason 'the notice goes out on Monday'"
)]
pub(crate) struct Ask {
    /// The subjects, by the tokens that a lookup shows
    #[arg(value_name = "TOKEN", required_unless_present = "file")]
    subjects: Vec<String>,
    /// Read the tokens from this file, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "subjects")]
    file: Option<PathBuf>,
    /// Its number in another system
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault reveal list --case C --state requested")]
pub(crate) struct List {
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault reveal show r_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The reveal
    reveal: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault reveal open r_0123456789abcdefghjk\n  \
                  breachvault reveal open r_0123456789abcdefghjk --out numbers.csv"
)]
pub(crate) struct Open {
    /// The reveal
    reveal: String,
    /// Write the numbers to this new file, as CSV, and not to the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    client: Client,
}

impl Reveal {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Request(ask) => ask.run(),
            Self::List(list) => request::list(&list.list, "reveals", COLUMNS),
            Self::Show(show) => request::show(&show.client, &show.reveal).map(drop),
            Self::Open(open) => open.run(),
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), Failure> {
        let subjects = match &self.file {
            Some(path) => {
                let text =
                    fs::read_to_string(path).map_err(Failure::file("read the tokens in", path))?;
                let tokens = text.lines().map(str::trim).filter(|line| !line.is_empty());
                tokens.map(str::to_owned).collect()
            }
            None => self.subjects,
        };
        let mut body = Map::new();
        body.insert("subjects".to_owned(), json!(subjects));
        self.why.add_to(&mut body);
        if let Some(ticket) = self.ticket {
            body.insert("ticket".to_owned(), ticket.into());
        }
        let connection = self.client.connect()?;
        let asked = connection.post(&self.case.path("/reveals"), &Value::Object(body))?;
        self.client.output.object(&asked.value()?)
    }
}

impl Open {
    fn run(self) -> Result<(), Failure> {
        // The file comes first: a reveal opens once.
        let out = self.out.as_deref().map(NewFile::make).transpose()?;
        let connection = self.client.connect()?;
        let path = format!("/reveals/{}/open", part(&self.reveal));
        let opened = connection.post_nothing(&path)?.value()?;
        let Some(mut file) = out else {
            return self.client.output.list(&opened, "numbers", NUMBERS);
        };
        let numbers = opened.get("numbers").and_then(Value::as_array);
        let numbers = numbers.ok_or_else(Failure::strange_answer)?;
        let mut writer = BufWriter::new(file.as_file());
        write_csv(&mut writer, numbers, NUMBERS)?;
        writer.flush().map_err(Failure::output)?;
        drop(writer);
        file.keep()
    }
}

const NUMBERS: &[Column] = &[Column("SUBJECT", "subject"), Column("NUMBER", "number")];

const COLUMNS: &[Column] = &[
    Column("REVEAL", "reveal"),
    Column("STATE", "state"),
    Column("NUMBERS", "numbers"),
    Column("ASKED BY", "asked_by"),
    Column("ASKED", "asked_at"),
    Column("EXPIRES", "expires_at"),
    Column("DECIDED BY", "decided_by"),
    Column("PURPOSE", "purpose"),
    Column("REASON", "reason"),
];
