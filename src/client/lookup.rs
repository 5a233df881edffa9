//! Whether numbers are in the case.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::basis::{tell_basis, tell_basis_of_file};
use super::case_arg::CaseArg;
use super::connection::Connection;
use super::failure::Failure;
use super::new_file::NewFile;
use super::number_list::{self, Entry};
use super::server::Client;
use super::shown::shown_json;
use super::table::{Column, write_csv};
use super::why::Why;

/// Look numbers up; they are asked for, or read from a file or standard input
#[derive(Args)]
#[command(
    about = "Look numbers up; they are asked for, or read from a file or standard input",
    long_about = "Look numbers up.\n\nNumbers are never arguments, because other users and the shell's history see \
                  those. They are asked for at a terminal, or read from --file or standard input: one a line, or a \
                  column of a CSV. Answers name lines and never repeat a number.",
    after_help = "Examples:\n  \
                  breachvault lookup --case C --purpose victim-inquiry \\\n      \
                  --reason 'a caller asks'\n  \
                  breachvault lookup --case C --file list.csv --column phone --region GB \\\n      \
                  --out hits.csv --purpose notification \\\n      \
                  --reason 'the list of the customer'"
)]
pub(crate) struct Lookup {
    /// Read the numbers from this file; - is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The column with the numbers, by its name or its place from 1
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// The country of numbers without a calling code, by code or name, such as GB
    #[arg(long, value_name = "R")]
    region: Option<String>,
    /// Write the answers to this new file, as CSV or, with --json, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave the first N numbers out, because they were answered before
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: usize,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    client: Client,
}

impl Lookup {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let output = &self.client.output;
        let connection = self.client.connect()?;
        let out = self.out.as_deref().map(NewFile::make).transpose()?;
        let entries = number_list::read(self.file.as_deref(), self.column.as_deref())?;
        let entries = entries.get(self.skip..).unwrap_or_default();
        if entries.is_empty() {
            return Err(Failure::usage("there is no number to look up"));
        }
        let mut answered = Answered::default();
        let ended = self.ask(&connection, entries, &mut answered);
        let count = answered.results.len();
        if count == 0 {
            return ended;
        }
        // What was answered was paid for, so it is given out even if the rest failed.
        let summary = answered.summary();
        let answer = answered.into_value();
        match out {
            Some(file) => {
                self.write(file, &answer)?;
                tell_basis_of_file(output, &answer);
            }
            None => {
                output.list(&answer, "results", COLUMNS)?;
                tell_basis(output, &answer)?;
            }
        }
        output.words(&summary);
        ended.map_err(|failure| {
            let done = self.skip + count;
            Failure {
                what: format!("{} numbers were answered, then: {}", count, failure.what),
                way_out: Some(format!(
                    "{}; then go on with --skip {done} and another --out",
                    failure.way_out.unwrap_or_default()
                )),
                ..failure
            }
        })
    }

    /// Asks in batches that the API takes.
    fn ask(
        &self,
        connection: &Connection,
        entries: &[Entry],
        answered: &mut Answered,
    ) -> Result<(), Failure> {
        let path = self.case.path("/lookups");
        let mut rest = entries;
        let mut why = Map::new();
        self.why.add_to(&mut why);
        if let Some(region) = &self.region {
            why.insert("region".to_owned(), region.clone().into());
        }
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(batch_of(rest));
            rest = after;
            let question = Question {
                numbers: batch.iter().map(|entry| entry.number.as_str()).collect(),
                why: &why,
            };
            let answer = connection.post(&path, &question)?.value()?;
            answered.add(batch, answer)?;
        }
        Ok(())
    }

    fn write(&self, mut file: NewFile, answer: &Value) -> Result<(), Failure> {
        let results = answer.get("results").and_then(Value::as_array);
        let results = results.ok_or_else(Failure::strange_answer)?;
        match self.client.output.json {
            true => {
                let text = shown_json(&answer.to_string());
                let path = file.path().to_owned();
                std::io::Write::write_all(file.as_file(), text.as_bytes())
                    .map_err(Failure::file("write", &path))?;
            }
            false => {
                let mut out = std::io::BufWriter::new(file.as_file());
                write_csv(&mut out, results, COLUMNS)?;
                std::io::Write::flush(&mut out).map_err(Failure::output)?;
            }
        }
        file.keep()
    }
}

/// The numbers are borrowed, so that no copy of them is left.
#[derive(Serialize)]
struct Question<'a> {
    numbers: Vec<&'a str>,
    #[serde(flatten)]
    why: &'a Map<String, Value>,
}

/// How many entries go into the next batch.
fn batch_of(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fit = entries.iter().take(NUMBERS).take_while(|entry| {
        // JSON may write a character as six.
        bytes += entry.number.len() * 6;
        bytes <= BYTES
    });
    fit.count().max(1)
}

/// The answers so far.
#[derive(Default)]
struct Answered {
    results: Vec<Value>,
    basis: Value,
}

impl Answered {
    /// Adds the answers to a batch, each with the line of its number.
    fn add(&mut self, batch: &[Entry], mut answer: Value) -> Result<(), Failure> {
        let Some(Value::Array(results)) = answer.get_mut("results").map(Value::take) else {
            return Err(Failure::strange_answer());
        };
        if results.len() != batch.len() {
            return Err(Failure::strange_answer());
        }
        let mut lined = Vec::with_capacity(results.len());
        for result in results {
            let at = result.get("ref").and_then(Value::as_u64);
            let entry = at.and_then(|at| batch.get(usize::try_from(at).ok()?));
            let (Some(entry), Value::Object(mut members)) = (entry, result) else {
                return Err(Failure::strange_answer());
            };
            members.remove("ref");
            members.insert("line".to_owned(), entry.line.into());
            lined.push(Value::Object(members));
        }
        self.results.extend(lined);
        self.basis = answer.get("basis").cloned().unwrap_or(Value::Null);
        Ok(())
    }

    fn summary(&self) -> String {
        let count = |state: &str| {
            let of = |result: &&Value| result.get("state").and_then(Value::as_str) == Some(state);
            self.results.iter().filter(of).count()
        };
        format!(
            "{} numbers: {} exposed, {} not, {} unreadable",
            self.results.len(),
            count("exposed"),
            count("not_exposed"),
            count("unreadable")
        )
    }

    fn into_value(self) -> Value {
        json!({ "results": self.results, "basis": self.basis })
    }
}

/// Numbers in one lookup of the API.
const NUMBERS: usize = 1000;
/// Bytes of numbers in one lookup, so that the body is within the server's limit.
const BYTES: usize = 500_000;

const COLUMNS: &[Column] = &[
    Column("LINE", "line"),
    Column("STATE", "state"),
    Column("SUBJECT", "subject"),
    Column("MESSAGES", "messages"),
    Column("FIRST", "first"),
    Column("LAST", "last"),
    Column("KINDS", "kinds"),
    Column("WHY", "why"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn entries(count: u64, text: &str) -> Vec<Entry> {
        (1..=count)
            .map(|line| Entry {
                line,
                number: Zeroizing::new(text.to_owned()),
            })
            .collect()
    }

    #[test]
    fn batches_are_what_the_api_takes() {
        assert_eq!(batch_of(&entries(999, "0101")), 999);
        assert_eq!(batch_of(&entries(2001, "0101")), 1000);
        assert_eq!(batch_of(&entries(1000, &"5".repeat(1000))), 83);
        assert_eq!(batch_of(&entries(3, &"5".repeat(100_000))), 1);
    }

    #[test]
    fn an_answer_gets_the_line_of_its_number_and_a_wrong_one_is_refused() {
        let batch = entries(2, "0101");
        let mut answered = Answered::default();
        let answer = json!({ "basis": {}, "results": [
            { "ref": 1, "state": "exposed" }, { "ref": 0, "state": "unreadable" },
        ]});
        answered.add(&batch, answer).unwrap();
        assert_eq!(answered.results[0]["line"], 2);
        assert_eq!(
            answered.summary(),
            "2 numbers: 1 exposed, 0 not, 1 unreadable"
        );
        for wrong in [
            json!({}),
            json!({ "results": [{ "ref": 0, "state": "exposed" }] }),
            json!({ "results": [{ "ref": 0 }, { "ref": 2 }] }),
        ] {
            assert!(answered.add(&batch, wrong).is_err());
        }
    }
}
