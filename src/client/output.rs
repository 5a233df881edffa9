//! How a command answers: data to standard output as a table, CSV or JSON, and messages to standard error.
//!
//! Data has no colours and no control characters, so it may go to a terminal, a pager or a file as it is.

use std::io::{self, BufWriter, IsTerminal, Write};

use clap::Args;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::shown::{shown, shown_json, shown_lines};
use super::table::{Column, cell, plain, write_csv, write_table};
use crate::evidence::write_row;

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Print the answer as JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print the answer as CSV; a ' stands before what a spreadsheet would run or change
    #[arg(long)]
    pub(crate) csv: bool,
    /// Print no messages, only data and errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl Output {
    /// Lines for people, with or without messages.
    pub(crate) fn of(quiet: bool) -> Self {
        Self {
            json: false,
            csv: false,
            quiet,
        }
    }

    /// Prints the rows in `member` of an answer.
    pub(crate) fn list(
        &self,
        answer: &Value,
        member: &str,
        columns: &[Column],
    ) -> Result<(), Failure> {
        if self.json {
            return self.json(answer);
        }
        let rows = answer.get(member).and_then(Value::as_array);
        let rows = rows.ok_or_else(Failure::strange_answer)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.csv {
            true => write_csv(&mut out, rows, columns)?,
            false if rows.is_empty() => self.words("nothing to list"),
            false => write_table(&mut out, rows, columns)?,
        }
        out.flush().map_err(Failure::output)
    }

    /// Prints each member of an answer on a line; what a member holds stands below it, further in.
    pub(crate) fn object(&self, answer: &Value) -> Result<(), Failure> {
        if self.json {
            return self.json(answer);
        }
        let members = answer.as_object().ok_or_else(Failure::strange_answer)?;
        if members.is_empty() {
            self.words("done");
            return Ok(());
        }
        let mut out = BufWriter::new(io::stdout().lock());
        if self.csv {
            let cells: Vec<_> = members.values().map(cell).collect();
            write_row(&mut out, members.keys().map(String::as_str))
                .and_then(|()| write_row(&mut out, cells.iter().map(String::as_str)))
                .map_err(Failure::output)?;
        } else {
            for line in lines(members) {
                writeln!(out, "{line}").map_err(Failure::output)?;
            }
        }
        out.flush().map_err(Failure::output)
    }

    /// Prints one JSON value on one line.
    pub(crate) fn json(&self, value: &Value) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", shown_json(&value.to_string()))
            .and_then(|()| out.flush())
            .map_err(Failure::output)
    }

    /// Prints text that is exact, such as a checkpoint: as it is, but for what a terminal would obey.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = match io::stdout().is_terminal() {
            true => out.write_all(shown_lines(text).as_bytes()),
            false => out.write_all(text.as_bytes()),
        };
        written.and_then(|()| out.flush()).map_err(Failure::output)
    }

    /// Prints a message for people. A closed standard error is not an error.
    pub(crate) fn words(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", shown(text));
        }
    }
}

fn lines(members: &Map<String, Value>) -> Vec<String> {
    let mut all = Vec::new();
    for (name, value) in members {
        let name = shown(name);
        let inside = match value {
            Value::Object(members) => lines(members),
            Value::Array(items) if items.iter().any(holds_more) => {
                items.iter().flat_map(entry).collect()
            }
            _ => Vec::new(),
        };
        if inside.is_empty() {
            all.push(format!("{name}: {}", shown(&plain(value))));
        } else {
            all.push(format!("{name}:"));
            all.extend(inside.into_iter().map(|line| format!("  {line}")));
        }
    }
    all
}

/// The lines of an entry of a list: a dash is before the first.
fn entry(item: &Value) -> Vec<String> {
    let lines = match item {
        Value::Object(members) => lines(members),
        other => vec![shown(&plain(other)).into_owned()],
    };
    let with_place = |(at, line)| match at {
        0 => format!("- {line}"),
        _ => format!("  {line}"),
    };
    lines.into_iter().enumerate().map(with_place).collect()
}

fn holds_more(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_member_holds_stands_below_it_and_never_runs_on() {
        let answer = json!({
            "case": "c_1",
            "kinds": ["sms", "call"],
            "basis": { "exhibits": 2, "span": { "first": "a", "last": "b" } },
            "rows": [
                { "country": "US", "messages": 7, "of": [{ "day": 1 }, { "day": 2 }] },
                { "country": "DE\u{1b}[2J", "messages": 1, "of": [] },
            ],
            "none": null,
        });
        let told = lines(answer.as_object().unwrap()).join("\n");
        // The members are in the order of their names.
        let expected = "\
basis:
  exhibits: 2
  span:
    first: a
    last: b
case: c_1
kinds: sms, call
none: -
rows:
  - country: US
    messages: 7
    of:
      - day: 1
      - day: 2
  - country: DE\\u{1b}[2J
    messages: 1
    of: ";
        assert_eq!(told, expected);
    }
}
