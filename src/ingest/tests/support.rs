//! Reading a file, and what came out of it as text.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use crate::domain::Format;
use crate::ingest::{Declared, IngestError, LogReader};
use crate::vault::plaintext::{RowBatch, SkipKind};

/// What came out of a file, as text.
pub(super) struct Outcome {
    pub(super) format: Format,
    pub(super) evidence: String,
    pub(super) dropped: Vec<String>,
    pub(super) rows: Vec<[String; 14]>,
    pub(super) rejects: Vec<(u64, Option<&'static str>, &'static str)>,
    pub(super) reject_cells: Vec<String>,
    /// The lines that are no row, by reason.
    pub(super) skipped: Vec<(&'static str, u64)>,
    /// The records that are no message to a person, by reason.
    pub(super) skipped_records: Vec<(&'static str, u64)>,
    /// Rows whose country is not known.
    pub(super) unknown_countries: u64,
    /// Rows that name no account.
    pub(super) blank_accounts: u64,
    /// How many lines the file has.
    pub(super) lines: u64,
}

/// Reads a file. Every line of one that can be read is accounted for.
pub(super) fn read(bytes: Vec<u8>, declared: Declared) -> Result<Outcome, IngestError> {
    let mut reader = LogReader::open(Box::new(Cursor::new(bytes)), declared)?;
    let mut batch = RowBatch::new();
    let (mut rows, mut rejects, mut reject_cells) = (vec![], vec![], vec![]);
    let mut skipped = BTreeMap::<SkipKind, u64>::new();
    let mut records = BTreeMap::<SkipKind, u64>::new();
    let (mut counted, mut unknown_countries, mut blank_accounts) = (0, 0, 0);
    loop {
        let more = reader.read_batch(&mut batch)?;
        for row in batch.rows_in_tests() {
            rows.push([
                row.account.to_owned(),
                row.user.unwrap_or("none").to_owned(),
                row.number.text_in_tests().to_owned(),
                row.carrier.to_owned(),
                row.country.to_owned(),
                row.state.to_owned(),
                row.sent_at.to_string(),
                row.kind.to_owned(),
                row.channel.to_owned(),
                row.message_ref.unwrap_or("none").to_owned(),
                row.country_basis.as_str().to_owned(),
                row.state_basis.as_str().to_owned(),
                row.time_basis.as_str().to_owned(),
                row.line.to_string(),
            ]);
        }
        let spans = batch.spans().iter();
        counted += batch.len() as u64 - spans.len() as u64 + batch.reject_lines();
        counted += spans.map(|(_, lines)| lines).sum::<u64>();
        for (kind, lines) in batch.skipped() {
            counted += lines;
            *skipped.entry(kind).or_default() += lines;
        }
        for (kind, count) in batch.skipped_records() {
            *records.entry(kind).or_default() += count;
        }
        unknown_countries += batch.unknown_countries();
        blank_accounts += batch.blank_accounts();
        for reject in batch.rejects() {
            rejects.push((reject.line, reject.column, reject.kind.as_str()));
            reject_cells.push(reject.cells.text_in_tests().to_owned());
        }
        if !more {
            break;
        }
    }
    let lines = reader.lines();
    assert_eq!(counted, lines, "lines are not accounted for: {skipped:?}");
    skipped.retain(|_, lines| *lines > 0);
    records.retain(|_, count| *count > 0);
    let named = |counts: &BTreeMap<SkipKind, u64>| {
        let counts = counts.iter();
        counts
            .map(|(kind, count)| (kind.as_str(), *count))
            .collect()
    };
    let (format, evidence) = (reader.format(), reader.evidence().to_owned());
    let dropped = reader.dropped_columns();
    Ok(Outcome {
        format,
        evidence,
        dropped,
        rows,
        rejects,
        reject_cells,
        skipped: named(&skipped),
        skipped_records: named(&records),
        unknown_countries,
        blank_accounts,
        lines,
    })
}

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn auto(name: &str) -> Result<Outcome, IngestError> {
    read(fixture(name), Declared::default())
}

pub(super) fn zone(zone: &str) -> Declared {
    Declared {
        zone: Some(zone.parse().unwrap()),
        ..Declared::default()
    }
}

pub(super) fn format(format: Format) -> Declared {
    Declared {
        format: Some(format),
        ..Declared::default()
    }
}

pub(super) fn error(outcome: Result<Outcome, IngestError>) -> IngestError {
    outcome.map(|read| read.rows.len()).unwrap_err()
}
