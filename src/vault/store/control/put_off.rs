//! Control rows that a transaction has set and not written yet, where a server has the tables.
//!
//! The acts that share a commit often set the same few rows, such as one operator's budgets. Each row is written once,
//! with what the last of them set: before any other statement of the transaction runs, so that none sees older rows.
//! What each act reads of them comes from memory meanwhile.

use super::encode::{Cell, Place};
use super::tables::ControlTable;
use crate::vault::store::value::Value;

/// A row that is to be written.
#[derive(Debug)]
pub(super) struct PutOff {
    pub(super) place: Place,
    pub(super) table: &'static ControlTable,
    /// All cells, in the order of the table's columns.
    pub(super) row: Vec<Value>,
    /// The columns that were set. The others are compared only: somebody may have changed them.
    pub(super) set: Vec<&'static str>,
}

impl PutOff {
    pub(super) fn of(
        (place, table): (Place, &'static ControlTable),
        row: Vec<Value>,
        set: &[Cell<'_>],
    ) -> Self {
        let is_set = |column: &&&str| set.iter().any(|(name, _)| name == *column);
        Self {
            place,
            table,
            row,
            set: table.columns.iter().filter(is_set).copied().collect(),
        }
    }

    /// The same row, set once more.
    pub(super) fn follow(&mut self, next: Self) {
        for column in next.set {
            if !self.set.contains(&column) {
                self.set.push(column);
            }
        }
        self.row = next.row;
    }
}
