//! `exhibit admit`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::admit;
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::progress::{Progress, Unit};
use crate::domain::Title;
use crate::ingest::Mapping;
use crate::operations::exhibit::{AdmitRequest, AdmitWords, Arriving};
use crate::vault::OperationError;

#[derive(Args)]
pub(in crate::cli) struct Admit {
    /// The file as received: CSV or JSON, also in gzip or zip
    file: PathBuf,
    /// The case
    #[arg(long, value_name = "C")]
    case: String,
    /// auto, or the name of a format: supplier-csv, duo-v2, twilio-json, …
    #[arg(long, value_name = "F", default_value = "auto")]
    format: String,
    /// The zone of times that name none: UTC, Europe/London, +05:30
    #[arg(long, value_name = "Z")]
    zone: Option<String>,
    /// The account of records that name none
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// The column that holds a field, if the file uses another name for it
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    columns: Vec<String>,
    /// A mapping that says what the columns mean, instead of a format: see `exhibit map`
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,
    /// A name for the exhibit; by default the file's name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Where the file came from
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// The country of numbers without a calling code, such as GB
    #[arg(long, value_name = "R")]
    region: Option<String>,
    /// How quotes in a CSV are read: auto, none, or standard
    #[arg(long, value_name = "HOW")]
    quotes: Option<String>,
    /// The sheet of an Excel workbook; by default the first one
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Admit {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let request = self.request()?;
        let file = File::open(&self.file).map_err(CliError::io("open the exhibit"))?;
        let bytes = file.metadata().ok().map(|found| found.len());
        let reply = self.local.act(|vault, caller| {
            let arriving = Arriving::whole(Box::new(file), bytes);
            let mut progress = Progress::new("admitting", bytes, Unit::Bytes);
            let reply = admit(vault, caller, request, arriving, &mut progress);
            progress.finish();
            reply
        })?;
        answer::print(reply, self.json)
    }

    fn request(&self) -> Result<AdmitRequest, CliError> {
        let case = self
            .case
            .parse()
            .map_err(|error| CliError::usage(format!("--case: {error}")))?;
        let file_name = self
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let words = AdmitWords {
            format: Some(self.format.clone()),
            zone: self.zone.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            map: self.columns.clone(),
            mapping: self.mapping.as_deref().map(read_mapping).transpose()?,
            quotes: self.quotes.clone(),
            sheet: self.sheet.clone(),
            // If the file's name cannot be a title and none is given, the exhibit has no name.
            name: self
                .name
                .clone()
                .or(file_name.filter(|name| Title::parse(name).is_ok())),
            source: self.source.clone(),
        };
        AdmitRequest::read(case, &words).map_err(|error| match error {
            OperationError::Invalid { at, rule } => CliError::usage(format!("{at}: {rule}")),
            OperationError::Unreadable { explanation, .. } => CliError::usage(explanation),
            other => CliError::failed(other.name()),
        })
    }
}

/// Reads one byte more than a mapping may have, so that a longer file is noticed.
fn read_mapping(path: &Path) -> Result<String, CliError> {
    let file = File::open(path).map_err(CliError::io("open the mapping"))?;
    let mut text = String::new();
    file.take(Mapping::BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(CliError::io("read the mapping"))?;
    Ok(text)
}
