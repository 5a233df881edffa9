//! `exhibit synthesise`.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::progress::{Progress, Unit};
use crate::cli::streams;
use crate::domain::Format;
use crate::synthesis::{FORMATS, Recipe, write};

#[derive(Args)]
pub(in crate::cli) struct Synthesise {
    /// How many messages to make
    #[arg(long, value_name = "N")]
    rows: u64,
    /// The seed; the same seed gives the same log
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// supplier-csv, duo-v1, duo-v2 or twilio-csv
    #[arg(long, value_name = "F", default_value = "supplier-csv")]
    format: String,
    /// How many people; by default 14 for 100 messages
    #[arg(long, value_name = "N")]
    people: Option<u64>,
    /// A new file, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

impl Synthesise {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let made = FORMATS
            .into_iter()
            .find(|known| known.as_str() == self.format);
        let recipe = Recipe {
            rows: self.rows,
            seed: self.seed,
            format: made.ok_or_else(|| {
                let names = FORMATS.map(Format::as_str).join(", ");
                CliError::usage(format!("--format: must be one of {names}"))
            })?,
            people: self.people,
        };
        let mut out: Box<dyn Write> = match self.out.as_os_str() == "-" {
            true => Box::new(io::stdout().lock()),
            false => {
                let mut new = OpenOptions::new();
                let file = new.write(true).create_new(true).open(&self.out);
                Box::new(BufWriter::new(
                    file.map_err(CliError::file("create", &self.out))?,
                ))
            }
        };
        let mut progress = Progress::new("synthesising", Some(self.rows), Unit::Rows);
        let summary = write(&recipe, &mut *out, &mut |rows| progress.reach(rows))
            .map_err(CliError::io("write the log"))?;
        progress.finish();
        streams::words(&format!(
            "{} messages of {} numbers",
            summary.rows, summary.numbers
        ));
        Ok(())
    }
}
