//! `exhibit admit`.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;

use super::{Admitting, admit};
use crate::cli::answer;
use crate::cli::error::CliError;
use crate::cli::local::Local;
use crate::cli::progress::{Progress, Unit};
use crate::domain::{AccountName, Field, Reference, Title};
use crate::ingest::{ColumnMapping, Declared};
use crate::vault::plaintext::Region;

#[derive(Args)]
pub(in crate::cli) struct Admit {
    /// The file as received: CSV or JSON, also gzip
    file: PathBuf,
    /// The case
    #[arg(long, value_name = "C")]
    case: String,
    /// auto, supplier-csv, duo-v1, duo-v2 or twilio-csv
    #[arg(long, value_name = "F", default_value = "auto")]
    format: String,
    /// The zone of times that name none: UTC, Europe/London, +05:30
    #[arg(long, value_name = "Z")]
    zone: Option<String>,
    /// The account of records that name none
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// A column that holds a field, where the file calls it something else
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    columns: Vec<String>,
    /// What to call the exhibit: the file's name unless given
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Where it came from
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// The country of numbers without a calling code, such as GB
    #[arg(long, value_name = "R")]
    region: Option<String>,
    /// The report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    local: Local,
}

impl Admit {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let admitting = self.admitting()?;
        let file = File::open(&self.file).map_err(CliError::io("open the exhibit"))?;
        let bytes = file.metadata().ok().map(|found| found.len());
        let reply = self.local.act(|vault, caller| {
            let mut progress = Progress::new("admitting", bytes, Unit::Bytes);
            let reply = admit(vault, caller, admitting, Box::new(file), &mut progress);
            progress.finish();
            reply
        })?;
        answer::print(reply, self.json)
    }

    fn admitting(&self) -> Result<Admitting, CliError> {
        let case = self.case.parse();
        let format = match self.format.as_str() {
            "auto" => None,
            text => Some(text.parse().map_err(usage("--format"))?),
        };
        let zone = self.zone.as_deref().map(str::parse).transpose();
        let account = self.account.as_deref().map(AccountName::parse).transpose();
        let columns = self.columns.iter().map(|text| mapping(text));
        let file_name = self.file.file_name().map(|name| name.to_string_lossy());
        let name = match (&self.name, &file_name) {
            (Some(name), _) => Some(Title::parse(name).map_err(usage("--name"))?),
            (None, Some(name)) => Title::parse(name).ok(),
            (None, None) => None,
        };
        let region = self.region.as_deref().map(str::parse::<Region>).transpose();
        let source = self.source.as_deref().map(Reference::parse).transpose();
        Ok(Admitting {
            case: case.map_err(usage("--case"))?,
            declared: Declared {
                format,
                zone: zone.map_err(usage("--zone"))?,
                account: account.map_err(usage("--account"))?,
                columns: columns.collect::<Result<_, _>>()?,
            },
            name,
            region: region.map_err(usage("--region"))?,
            source: source.map_err(usage("--source"))?,
        })
    }
}

fn mapping(text: &str) -> Result<ColumnMapping, CliError> {
    let (field, column) = text
        .split_once('=')
        .ok_or_else(|| CliError::usage("--map: must be FIELD=COLUMN"))?;
    let field = Field::ALL
        .into_iter()
        .find(|known| known.label() == field.trim())
        .ok_or_else(|| CliError::usage("--map: there is no such field"))?;
    ColumnMapping::new(field, column).map_err(usage("--map"))
}

fn usage<E: std::fmt::Display>(option: &str) -> impl Fn(E) -> CliError {
    move |error| CliError::usage(format!("{option}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_a_field_and_a_column_that_holds_no_content() {
        assert!(mapping("number=Handset").is_ok());
        for text in ["number", "digits=Handset", "kind=body", "time_basis=x"] {
            assert!(mapping(text).is_err(), "{text}");
        }
    }
}
