//! `exhibit map`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::options::{open, wrong};
use crate::cli::error::CliError;
use crate::operations::exhibit::draft_mapping;

#[derive(Args)]
pub(in crate::cli) struct Map {
    /// The file as received: CSV, JSON or an Excel workbook, also in gzip or zip
    file: PathBuf,
    /// The sheet of an Excel workbook; by default the first one
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A new file, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

impl Map {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let (file, _) = open(&self.file)?;
        let draft = draft_mapping(Box::new(file), self.sheet.as_deref());
        let draft = draft.map_err(|error| wrong(error, &self.file))?;
        let mut out: Box<dyn Write> = match self.out.as_os_str() == "-" {
            true => Box::new(io::stdout().lock()),
            false => {
                let new = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&self.out);
                Box::new(new.map_err(CliError::file("create the mapping", &self.out))?)
            }
        };
        out.write_all(draft.as_bytes())
            .and_then(|()| out.flush())
            .map_err(CliError::io("write the mapping"))
    }
}
