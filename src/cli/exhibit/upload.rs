//! `exhibit upload`: sends a file to a served vault, which admits it to a case.

use std::io::{self, Read};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::Value;

use super::options::{FileOptions, as_options, open};
use super::report::show;
use crate::cli::error::CliError;
use crate::cli::progress::{Progress, Unit};
use crate::client::case_arg::CaseArg;
use crate::client::exhibit::{Sending, interrupt, send};
use crate::client::{Client, Failure, Interrupt, Output};
use crate::operations::exhibit::AdmitWords;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
                  breachvault exhibit upload log.csv --case C\n  \
                  breachvault exhibit upload log.csv.gz --case C --zone Europe/London \\\n      \
                  --source 'mail of 3 May'")]
pub(in crate::cli) struct Upload {
    /// The file as received: CSV, JSON or an Excel workbook, also in gzip or zip
    file: PathBuf,
    #[command(flatten)]
    case: CaseArg,
    #[command(flatten)]
    options: FileOptions,
    #[command(flatten)]
    client: Client,
}

impl Upload {
    pub(in crate::cli) fn run(self) -> Result<(), CliError> {
        let words = self.options.words(&self.file)?;
        upload(&self.client, self.case.id(), &self.file, words, false)?;
        Ok(())
    }
}

/// Sends a file and prints the report on it, also on one that was refused; with `dry_run` it is only reported on.
/// Ctrl-C cancels the admission.
pub(super) fn upload(
    client: &Client,
    case: &str,
    path: &std::path::Path,
    words: AdmitWords,
    dry_run: bool,
) -> Result<Value, CliError> {
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
        preview: _,
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
        interrupt: (!dry_run).then(|| interrupt(client, case)).transpose()?,
        output: &client.output,
        progress: (!client.output.quiet).then(|| Progress::new("sending", bytes, Unit::Bytes)),
    };
    let sending = Sending {
        case,
        query,
        headers,
        bytes,
    };
    let sent = send(client, &sending, &mut file);
    let failure = match sent {
        Ok(report) => {
            show(&report, &client.output)?;
            return Ok(report);
        }
        Err(failure) => failure,
    };
    if let Some(report) = &failure.report {
        show(report, &client.output)?;
    }
    let failure = Failure {
        what: as_options(&failure.what),
        ..failure
    };
    Err(match &file.interrupt {
        Some(interrupt) => interrupt.told(failure).into(),
        None => failure.into(),
    })
}

fn in_a_header(text: &str) -> bool {
    let visible = |byte: &u8| (b'!'..=b'~').contains(byte);
    text.bytes().all(|byte| visible(&byte) || byte == b' ')
        && text.as_bytes().first().is_some_and(visible)
        && text.as_bytes().last().is_some_and(visible)
}

/// A file whose reading is shown.
struct Watched<'o> {
    file: std::fs::File,
    sent: u64,
    progress: Option<Progress>,
    interrupt: Option<Interrupt>,
    output: &'o Output,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.as_ref().is_some_and(Interrupt::is_stopped) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let count = self.file.read(buffer)?;
        self.sent += count as u64;
        match count {
            // The server goes on to seal what it has; how far it is, is not shown.
            0 => {
                if let Some(progress) = self.progress.take() {
                    progress.finish();
                    self.output
                        .words("sent; waiting for the vault to read and seal it");
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
