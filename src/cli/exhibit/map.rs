//! `exhibit map`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::operations::exhibit::draft_mapping;
use crate::vault::OperationError;

#[derive(Args)]
pub(in crate::cli) struct Map {
    /// The file as received: CSV or JSON, also in gzip or zip
    file: PathBuf,
    /// A new file, or - for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

impl Map {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let file = File::open(&self.file).map_err(CliError::io("open the file"))?;
        let draft = draft_mapping(Box::new(file)).map_err(|error| match error {
            OperationError::Unreadable { explanation, .. } => CliError::usage(explanation),
            other => CliError::failed(other.name()),
        })?;
        let mut out: Box<dyn Write> = match self.out.as_os_str() == "-" {
            true => Box::new(io::stdout().lock()),
            false => {
                let new = OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&self.out);
                Box::new(new.map_err(CliError::io("create the mapping"))?)
            }
        };
        out.write_all(draft.as_bytes())
            .and_then(|()| out.flush())
            .map_err(CliError::io("write the mapping"))
    }
}
