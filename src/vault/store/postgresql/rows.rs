//! The rows of a statement, all of which have come.

use std::vec::IntoIter;

use tokio_postgres::Row;

use super::statement::Cell;
use crate::vault::store::error::StoreError;
use crate::vault::store::value::ValueRef;

/// The rows of one statement, one after the other.
pub(in crate::vault::store) struct Rows {
    rows: IntoIter<Row>,
    row: Option<Row>,
}

/// The cells of one row.
pub(in crate::vault::store) struct Cells<'r>(&'r Row);

impl Rows {
    pub(super) fn of(rows: Vec<Row>) -> Self {
        Self {
            rows: rows.into_iter(),
            row: None,
        }
    }

    pub(in crate::vault::store) fn next(&mut self) -> Option<Cells<'_>> {
        self.row = self.rows.next();
        self.row.as_ref().map(Cells)
    }
}

impl<'r> Cells<'r> {
    pub(in crate::vault::store) fn get(
        &self,
        name: &'static str,
        no: usize,
    ) -> Result<ValueRef<'r>, StoreError> {
        let cell: Result<Cell<'r>, _> = self.0.try_get(no);
        cell.map(|cell| cell.0)
            .map_err(|_| StoreError::inconsistent(name))
    }
}
