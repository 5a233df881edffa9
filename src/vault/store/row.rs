//! Rows as they are read: valid until the next one is.

use super::engine;
use super::error::{StoreError, sound};
use super::value::{FromValue, ValueRef};

/// The rows of one statement, one after the other.
pub(super) struct Rows<'s> {
    at: &'static str,
    rows: engine::Rows<'s>,
}

/// One row.
pub(super) struct Row<'r> {
    at: &'static str,
    cells: engine::Cells<'r>,
}

impl<'s> Rows<'s> {
    /// `at` names the statement in errors.
    pub(super) fn of(at: &'static str, rows: engine::Rows<'s>) -> Self {
        Self { at, rows }
    }

    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, StoreError> {
        let at = self.at;
        let found = self.rows.next(at)?;
        Ok(found.map(|cells| Row { at, cells }))
    }
}

impl<'r> Row<'r> {
    /// The value of a column, where it is.
    pub(super) fn cell(&self, no: usize) -> Result<ValueRef<'r>, StoreError> {
        self.cells.get(self.at, no)
    }

    /// The value of a column.
    pub(super) fn get<T: FromValue>(&self, no: usize) -> Result<T, StoreError> {
        sound(self.at, T::from_value(self.cell(no)?))
    }

    pub(super) fn text(&self, no: usize) -> Result<&'r str, StoreError> {
        sound(self.at, self.cell(no)?.as_text())
    }

    pub(super) fn blob(&self, no: usize) -> Result<&'r [u8], StoreError> {
        sound(self.at, self.cell(no)?.as_blob())
    }
}
