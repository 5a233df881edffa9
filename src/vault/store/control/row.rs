//! A control row that was read: the very cells of which its element is made.

use rusqlite::Error;
use rusqlite::types::{FromSql, ValueRef};

use super::tables::ControlTable;

/// The cells of a row, in the order of the table's columns.
pub(in crate::vault::store) struct ControlRow<'r> {
    table: &'static ControlTable,
    cells: &'r [ValueRef<'r>],
}

impl<'r> ControlRow<'r> {
    pub(super) fn of(table: &'static ControlTable, cells: &'r [ValueRef<'r>]) -> Self {
        Self { table, cells }
    }

    pub(super) fn cells(&self) -> &[ValueRef<'r>] {
        self.cells
    }

    /// The value of a column.
    pub(in crate::vault::store) fn get<T: FromSql>(&self, column: &str) -> rusqlite::Result<T> {
        let no = self.table.columns.iter().position(|own| *own == column);
        let cell = no.and_then(|no| self.cells.get(no));
        let cell = cell.ok_or_else(|| Error::InvalidColumnName(column.to_owned()))?;
        Ok(T::column_result(*cell)?)
    }
}
