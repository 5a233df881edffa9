//! Reading a file, and what came out of it as text.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use crate::domain::Format;
use crate::ingest::{Declared, IngestError, LogReader};
use crate::vault::plaintext::RowBatch;

/// What came out of a file, as text.
pub(super) struct Outcome {
    pub(super) format: Format,
    pub(super) evidence: String,
    pub(super) dropped: Vec<String>,
    pub(super) rows: Vec<[String; 14]>,
    pub(super) rejects: Vec<(u64, Option<&'static str>, &'static str)>,
    pub(super) reject_cells: Vec<String>,
}

pub(super) fn read(bytes: Vec<u8>, declared: Declared) -> Result<Outcome, IngestError> {
    let mut reader = LogReader::open(Box::new(Cursor::new(bytes)), declared)?;
    let mut batch = RowBatch::new();
    let (mut rows, mut rejects, mut reject_cells) = (vec![], vec![], vec![]);
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
        for reject in batch.rejects() {
            rejects.push((reject.line, reject.column, reject.kind.as_str()));
            reject_cells.push(reject.cells.text_in_tests().to_owned());
        }
        if !more {
            break;
        }
    }
    let (format, evidence) = (reader.format(), reader.evidence().to_owned());
    let dropped = reader.dropped_columns();
    Ok(Outcome {
        format,
        evidence,
        dropped,
        rows,
        rejects,
        reject_cells,
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
