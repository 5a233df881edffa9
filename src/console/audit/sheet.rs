//! `GET /console/audit/leaves.csv` and `.ndjson`: the leaves of a page as a file, each with its number.

use super::search::AuditPage;
use crate::console::form::Field;
use crate::console::page::{Page, Shown};
use crate::console::visit::Visit;
use crate::domain::WipedBuffer;
use crate::operations::audit::{LeafPage, SearchLeaves, SearchLeavesCsv};
use crate::vault::{Body, OperationError, Wire};

/// Leaves as CSV.
pub struct AuditCsv;
/// Leaves as one JSON object a line.
pub struct AuditLines;

impl Page for AuditCsv {
    type Operation = SearchLeavesCsv;
    const FIELDS: &'static [Field] = AuditPage::FIELDS;

    fn show(sheet: Wire, _: &Visit) -> Result<Shown, OperationError> {
        let media = sheet.content_type();
        match sheet.into_body() {
            Body::Bytes(bytes) => Ok(Shown::File {
                media,
                name: "leaves.csv",
                bytes,
            }),
            Body::File(_) => Err(OperationError::Internal("audit::csv")),
        }
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
