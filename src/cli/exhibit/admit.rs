//! `exhibit admit`.

use std::path::PathBuf;

use clap::Args;

use super::admit;
use super::options::{FileOptions, open, wrong};
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::progress::{Progress, Unit};
use crate::operations::exhibit::{AdmitRequest, Arriving};

#[derive(Args)]
pub(in crate::cli) struct Admit {
    /// The file as received: CSV or JSON, also in gzip or zip
    file: PathBuf,
    /// The case
    #[arg(long, value_name = "C")]
    case: String,
    #[command(flatten)]
    options: FileOptions,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Admit {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let case = super::withdraw::id("--case", &self.case)?;
        let words = self.options.words(&self.file)?;
        let request = AdmitRequest::read(case, &words).map_err(|error| wrong(error, &self.file))?;
        let (file, bytes) = open(&self.file)?;
        let reply = self.local.act(|vault, caller| {
            let arriving = Arriving::whole(Box::new(file), bytes);
            let mut progress = Progress::new("admitting", bytes, Unit::Bytes);
            let reply = admit(vault, caller, request, arriving, &mut progress, self.json);
            progress.finish();
            reply
        })?;
        answer::print(reply, self.json)
    }
}
