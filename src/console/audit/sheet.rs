//! `GET /console/audit/leaves.csv` and `.ndjson`: the leaves of a page as a file, each with its number.

use std::io::Write as _;

use zeroize::Zeroizing;

use super::search::AuditPage;
use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::domain::WipedBuffer;
use crate::operations::audit::{LeafPage, SearchLeaves};
use crate::vault::OperationError;

/// Leaves as CSV.
pub struct AuditCsv;
/// Leaves as one JSON object a line.
pub struct AuditLines;

/// The members that the columns have. None can begin a formula: they are numbers, times, ids and words of the vault.
const COLUMNS: [&str; 13] = [
    "seq", "time", "action", "outcome", "kind", "role", "operator", "session", "case", "object",
    "purpose", "rows", "alarm",
];

impl Page for AuditCsv {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = AuditPage::FIELDS;

    fn show(page: LeafPage, _: &Visit) -> Result<Shown, OperationError> {
        Ok(Shown::File {
            media: "text/csv; charset=utf-8",
            name: "leaves.csv",
            bytes: csv_of(&page).map_err(|_| OperationError::Internal("audit::csv"))?,
        })
    }
}

impl Page for AuditLines {
    type Operation = SearchLeaves;
    const FIELDS: &'static [Field] = AuditPage::FIELDS;

    fn show(page: LeafPage, _: &Visit) -> Result<Shown, OperationError> {
        let mut lines = WipedBuffer::default();
        for leaf in &page.leaves {
            serde_json::to_writer(&mut lines, leaf)
                .map_err(|_| OperationError::Internal("audit::lines"))?;
            lines.push(b"\n");
        }
        Ok(Shown::File {
            media: "application/x-ndjson",
            name: "leaves.ndjson",
            bytes: lines.into_bytes(),
        })
    }
}

fn csv_of(page: &LeafPage) -> Result<Zeroizing<Vec<u8>>, csv::Error> {
    let mut writer = csv::Writer::from_writer(WipedBuffer::default());
    writer.write_record(COLUMNS)?;
    for leaf in &page.leaves {
        let leaf = serde_json::to_value(leaf).unwrap_or_default();
        let cell = |name: &&str| crate::console::visit::word(&leaf[*name]);
        writer.write_record(COLUMNS.iter().map(cell))?;
    }
    writer.flush()?;
    let mut buffer = writer.into_inner().map_err(|error| error.into_error())?;
    buffer.flush()?;
    Ok(buffer.into_bytes())
}
