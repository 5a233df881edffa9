//! A control row that was read: the very cells of which its element is made.

use super::tables::ControlTable;
use crate::vault::store::value::{FromValue, Misread, ValueRef};

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
    pub(in crate::vault::store) fn get<T: FromValue>(&self, column: &str) -> Result<T, Misread> {
        let no = self.table.columns.iter().position(|own| *own == column);
        let cell = no.and_then(|no| self.cells.get(no)).ok_or(Misread)?;
        T::from_value(*cell)
    }
}
