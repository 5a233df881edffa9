//! What is said of a file when it is admitted, checked or shown in a demo.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::error::CliError;
use crate::client::typed;
use crate::domain::Title;
use crate::ingest::Mapping;
use crate::operations::exhibit::AdmitWords;
use crate::vault::OperationError;

#[derive(Args)]
pub(in crate::cli) struct FileOptions {
    /// auto, or the name of a format: supplier-csv, duo-v2, twilio-json, …
    #[arg(long, value_name = "F")]
    format: Option<String>,
    /// The zone of times that name none: UTC, Europe/London, +05:30
    #[arg(long, value_name = "Z")]
    zone: Option<String>,
    /// The account of records that name none
    #[arg(long, value_name = "A")]
    account: Option<String>,
    /// The column that holds a field, if the file uses another name for it
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    columns: Vec<String>,
    /// A column that is not read, although it looks like the country of each row
    #[arg(long, value_name = "COLUMN")]
    drop: Vec<String>,
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
    /// Admit what can be read, even if it is little
    #[arg(long)]
    accept_quarantined: bool,
}

impl FileOptions {
    /// Whether anything is said at all.
    pub(in crate::cli) fn are_given(&self) -> bool {
        let texts = [
            &self.format,
            &self.zone,
            &self.account,
            &self.name,
            &self.source,
            &self.region,
            &self.quotes,
            &self.sheet,
        ];
        texts.into_iter().any(Option::is_some)
            || !self.columns.is_empty()
            || !self.drop.is_empty()
            || self.mapping.is_some()
            || self.accept_quarantined
    }

    /// The same as words of a request about the file.
    pub(in crate::cli) fn words(&self, file: &Path) -> Result<AdmitWords, CliError> {
        let file_name = file.file_name();
        let file_name = file_name.map(|name| name.to_string_lossy().into_owned());
        let mapping = self.mapping.as_deref().map(read_mapping).transpose()?;
        Ok(AdmitWords {
            format: self.format.clone(),
            zone: self.zone.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            map: self.columns.clone(),
            drop: self.drop.clone(),
            mapping,
            quotes: self.quotes.clone(),
            sheet: self.sheet.clone(),
            // If the file's name cannot be a title and none is given, the exhibit has no name.
            name: self
                .name
                .clone()
                .or(file_name.filter(|name| Title::parse(name).is_ok())),
            source: self.source.clone(),
            dry_run: None,
            preview: None,
            accept_quarantined: self.accept_quarantined.then(|| "true".to_owned()),
        })
    }
}

/// What is wrong with the options, as a wrong command line, or with the file.
pub(in crate::cli) fn wrong(error: OperationError, file: &Path) -> CliError {
    match error {
        OperationError::Invalid { at, rule } => CliError::usage(format!("{}: {rule}", typed(&at))),
        // It is the mapping that cannot be read, and not the file.
        OperationError::Unreadable {
            kind: "mapping",
            explanation,
        } => CliError::usage(explanation),
        OperationError::Unreadable { explanation, .. } => {
            CliError::failed(format!("{}: {}", file.display(), as_options(&explanation)))
        }
        other => other.into(),
    }
}

/// An explanation of a request, with its parameters written as options.
pub(in crate::cli) fn as_options(explanation: &str) -> String {
    let mut text = explanation.replace("accept_quarantined=true", "--accept-quarantined");
    let names = [
        ("format", "FORMAT"),
        ("zone", "Z"),
        ("account", "A"),
        ("region", "R"),
        ("map", "FIELD=COLUMN"),
        ("drop", "COLUMN"),
        ("quotes", "none"),
        ("sheet", "NAME"),
    ];
    for (name, value) in names {
        for before in [' ', '`', '('] {
            // Alone between its marks it takes a word for its value.
            let alone = format!("{before}--{name} {value}`");
            text = text.replace(&format!("{before}{name}=`"), &alone);
            let option = format!("{before}--{name} ");
            text = text.replace(&format!("{before}{name}="), &option);
        }
    }
    text.replace(" ,", ",").replace(" ;", ";")
}

/// Opens a file to be read, with its length.
pub(in crate::cli) fn open(path: &Path) -> Result<(File, Option<u64>), CliError> {
    let opened = || {
        let file = File::open(path)?;
        let found = file.metadata()?;
        match found.is_dir() {
            true => Err(std::io::ErrorKind::IsADirectory.into()),
            false => Ok((file, found.is_file().then_some(found.len()))),
        }
    };
    opened().map_err(CliError::file("open the file", path))
}

/// Reads one byte more than a mapping may have, so that a longer file is noticed.
fn read_mapping(path: &Path) -> Result<String, CliError> {
    let (file, _) = open(path)?;
    let mut text = String::new();
    file.take(Mapping::BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(CliError::file("read the mapping", path))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_may_say_is_written_as_options() {
        for (said, options) in [
            (
                "send it again with `quotes=none`, which",
                "send it again with `--quotes none`, which",
            ),
            (
                "with map=country=Ctry (or with zone=, such as UTC)",
                "with --map country=Ctry (or with --zone, such as UTC)",
            ),
            (
                "name another with `sheet=`: Apr",
                "name another with `--sheet NAME`: Apr",
            ),
            (
                "accept_quarantined=true admits it",
                "--accept-quarantined admits it",
            ),
        ] {
            assert_eq!(as_options(said), options);
        }
    }
}
