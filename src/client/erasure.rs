//! Erasures: ask that a case forgets one person's number, list what was asked, carry out what was decided.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::case_arg::CaseArg;
use super::failure::Failure;
use super::number_list;
use super::request::{self, ListArgs};
use super::server::Client;
use super::table::Column;
use super::why::{ReasonArg, Why};

#[derive(Subcommand)]
pub(crate) enum Erasure {
    /// Ask for the erasure of one number; a lead or a custodian decides it
    Ask(Ask),
    /// List the erasures of a case
    List(List),
    /// Show an erasure: who asked for it and why
    Show(Show),
    /// Carry an approved erasure out: the vault then overwrites what it stored of the number
    CarryOut(CarryOut),
}

#[derive(Args)]
#[command(
    long_about = "Ask for the erasure of one number.\n\nThe number is never an argument, because other users and the \
                  shell's history see those. It is asked for at a terminal, or read from --file or standard input. \
                  A subject of the case can be named by its token instead.",
    after_help = "Examples:\n  \
                  breachvault erasure ask --case C --purpose victim-inquiry \\\n      \
                  --reason 'the person asked for it by letter'\n  \
                  breachvault erasure ask --subject S-7Q4M2KXA --case C \\\n      \
                  --purpose victim-inquiry --reason 'the person asked by letter'"
)]
pub(crate) struct Ask {
    /// The subject, by the token that a lookup shows
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["file", "region"])]
    subject: Option<String>,
    /// Read the number from this file; - is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The country of a number without a calling code, such as GB
    #[arg(long, value_name = "R")]
    region: Option<String>,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault erasure list --case C --state requested")]
pub(crate) struct List {
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Args)]
#[command(after_help = "Example:\n  breachvault erasure show f_0123456789abcdefghjk")]
pub(crate) struct Show {
    /// The erasure
    erasure: String,
    #[command(flatten)]
    client: Client,
}

#[derive(Args)]
#[command(
    after_help = "Example:\n  breachvault erasure carry-out f_0123456789abcdefghjk \\\n      \
                  --reason 'the decision was checked'"
)]
pub(crate) struct CarryOut {
    /// The erasure
    erasure: String,
    #[command(flatten)]
    why: ReasonArg,
    #[command(flatten)]
    client: Client,
}

/// What is asked for, without a copy of the number.
#[derive(Serialize)]
struct Wanted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(flatten)]
    rest: &'a Map<String, Value>,
}

impl Erasure {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Ask(ask) => ask.run(),
            Self::List(list) => request::list(&list.list, "erasures", COLUMNS),
            Self::Show(show) => {
                let erasure = request::show(&show.client, &show.erasure)?;
                if erasure.get("carried_out").is_some() {
                    show.client.output.words(COPIES);
                }
                Ok(())
            }
            Self::CarryOut(act) => {
                let path = format!("{}/carrying-out", request::path(&act.erasure)?);
                let body = json!({ "reason": act.why.reason });
                let done = act.client.connect()?.post(&path, &body)?.value()?;
                act.client.output.object(&done)?;
                act.client.output.words(COPIES);
                Ok(())
            }
        }
    }
}

impl Ask {
    fn run(self) -> Result<(), Failure> {
        let connection = self.client.connect()?;
        let mut rest = Map::new();
        self.why.add_to(&mut rest);
        let entries = match self.subject {
            Some(token) => {
                rest.insert("subject".to_owned(), token.into());
                Vec::new()
            }
            None => number_list::read(self.file.as_deref(), None)?,
        };
        let named = rest.contains_key("subject");
        if !named && entries.len() != 1 {
            return Err(Failure::usage(
                "exactly one number is erased by one request",
            ));
        }
        if let Some(region) = self.region {
            rest.insert("region".to_owned(), region.into());
        }
        let wanted = Wanted {
            number: entries.first().map(|entry| entry.number.as_str()),
            rest: &rest,
        };
        let path = self.case.path("/erasures");
        let asked = connection.post(&path, &wanted)?.value()?;
        self.client.output.object(&asked)
    }
}

const COPIES: &str = "copies from before still have the number: back up the erasure lists now, \
                      with `breachvault backup --erasures`";

const COLUMNS: &[Column] = &[
    Column("ERASURE", "erasure"),
    Column("STATE", "state"),
    Column("NAMED BY", "named_by"),
    Column("SUBJECT", "subject"),
    Column("ASKED BY", "asked_by"),
    Column("ASKED", "asked_at"),
    Column("EXPIRES", "expires_at"),
    Column("DECIDED BY", "decided_by"),
    Column("REASON", "reason"),
];
