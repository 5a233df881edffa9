//! `exhibit upload`: sends a file to a served vault, which admits it to a case.

use std::io::{self, Read};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use super::options::{FileOptions, open};
use crate::cli::error::CliError;
use crate::cli::progress::{Progress, Unit};
use crate::client::Client;
use crate::client::exhibit::{Sending, send};
use crate::operations::exhibit::AdmitWords;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  breachvault exhibit upload log.csv --case C\n  \
                  breachvault exhibit upload log.csv.gz --case C --zone Europe/London --source 'mail of 3 May'"
)]
pub(in crate::cli) struct Upload {
    /// The file as received: CSV, JSON or an Excel workbook, also in gzip or zip
    file: PathBuf,
    /// The case
    #[arg(
        long,
        value_name = "C",
        env = "BREACHVAULT_CASE",
        hide_env_values = true
    )]
    case: String,
    #[command(flatten)]
    options: FileOptions,
    #[command(flatten)]
    client: Client,
}

impl Upload {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let words = self.options.words(&self.file)?;
        upload(&self.client, &self.case, &self.file, words, false)
    }
}

/// Sends a file; with `dry_run` it is only reported on.
pub(super) fn upload(
    client: &Client,
    case: &str,
    path: &std::path::Path,
    words: AdmitWords,
    dry_run: bool,
) -> Result<(), CliError> {
    let (file, bytes) = open(path)?;
    // Each by its name, so that a new word cannot be left out.
    let AdmitWords {
        format,
        zone,
        account,
        region,
        map,
        drop: dropped,
        mapping,
        quotes,
        sheet,
        name,
        source,
        dry_run: _,
        accept_quarantined,
    } = words;
    let query = [
        ("format", format),
        ("zone", zone),
        ("account", account),
        ("region", region),
        ("quotes", quotes),
        ("sheet", sheet),
        ("accept_quarantined", accept_quarantined),
        ("dry_run", dry_run.then(|| "true".to_owned())),
    ];
    let query = query
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .chain(map.into_iter().map(|column| ("map", column)))
        .chain(dropped.into_iter().map(|column| ("drop", column)))
        .collect();
    // A file's own name that cannot stand in a header is left out; what was typed is refused.
    let named = name.filter(|name| {
        in_a_header(name) || {
            client.output.words(
                "the file's name is left out, because it is not plain ASCII; --name gives one",
            );
            false
        }
    });
    if source.as_deref().is_some_and(|source| !in_a_header(source)) {
        return Err(CliError::usage("--source: must be plain ASCII"));
    }
    let mapping = mapping.map(|mapping| STANDARD.encode(mapping));
    let headers = [
        ("exhibit-name", named),
        ("exhibit-source", source),
        ("exhibit-mapping", mapping),
    ];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let mut file = Watched {
        file,
        sent: 0,
        progress: (!client.output.quiet).then(|| Progress::new("sending", bytes, Unit::Bytes)),
    };
    let sending = Sending {
        case,
        query,
        headers,
        bytes,
    };
    Ok(send(client, &sending, &mut file)?)
}

fn in_a_header(text: &str) -> bool {
    let visible = |byte: &u8| (b'!'..=b'~').contains(byte);
    text.bytes().all(|byte| visible(&byte) || byte == b' ')
        && text.as_bytes().first().is_some_and(visible)
        && text.as_bytes().last().is_some_and(visible)
}

/// A file whose reading is shown.
struct Watched {
    file: std::fs::File,
    sent: u64,
    progress: Option<Progress>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.sent += count as u64;
        match count {
            // The server goes on to seal what it has; that is not shown.
            0 => {
                if let Some(progress) = self.progress.take() {
                    progress.finish();
                }
            }
            _ => {
                if let Some(progress) = &mut self.progress {
                    progress.reach(self.sent);
                }
            }
        }
        Ok(count)
    }
}
