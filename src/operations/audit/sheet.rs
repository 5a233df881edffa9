//! `POST /audit/leaves/search` with `Accept: text/csv`: the same leaves as a table, each with its number.

use serde_json::Value;

use super::search::{LeafPage, SearchLeaves, SearchLeavesInput};
use crate::domain::WipedBuffer;
use crate::evidence::write_row;
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

/// Searches the audit log and answers CSV.
pub struct SearchLeavesCsv(SearchLeaves);

/// Leaves as CSV.
pub struct LeafSheet(LeafPage);

/// The columns, by the names of members.
const COLUMNS: [&str; 19] = [
    "seq",
    "time",
    "action",
    "outcome",
    "kind",
    "decision",
    "role",
    "operator",
    "operator_name",
    "asker_name",
    "session",
    "case",
    "title",
    "object",
    "purpose",
    "reason",
    "rows",
    "alarm",
    "off_hours",
];

impl Answer for LeafSheet {
    type View = Wire;

    fn view(self, _: &Receipt) -> Result<Wire, OperationError> {
        let mut sheet = WipedBuffer::with_capacity(4096);
        self.write(&mut sheet)
            .map_err(|_| OperationError::Internal("audit::sheet"))?;
        Ok(Wire::bytes("text/csv; charset=utf-8", sheet.into_bytes()))
    }
}

impl LeafSheet {
    /// Names, titles and reasons are texts of people, so each cell is made safe for a spreadsheet.
    fn write(&self, out: &mut WipedBuffer) -> std::io::Result<()> {
        write_row(out, COLUMNS)?;
        for leaf in &self.0.leaves {
            let leaf = serde_json::to_value(leaf)?;
            let cells = COLUMNS.map(|name| match &leaf[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            write_row(out, cells.iter().map(String::as_str))?;
        }
        Ok(())
    }
}

impl Operation for SearchLeavesCsv {
    type Action = actions::SearchLeaves;
    type Answer = LeafSheet;

    fn target(&self) -> Target {
        self.0.target()
    }

    fn detail(&self) -> Value {
        self.0.detail()
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<LeafSheet, OperationError> {
        self.0.run(scope).map(LeafSheet)
    }
}

impl Request for SearchLeavesCsv {
    type Input = SearchLeavesInput;
    const DOCS: Docs = <SearchLeaves as Request>::DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        <SearchLeaves as Request>::target(ids)
    }

    fn read(ids: &Ids, input: SearchLeavesInput) -> Result<Self, OperationError> {
        SearchLeaves::read(ids, input).map(Self)
    }
}
