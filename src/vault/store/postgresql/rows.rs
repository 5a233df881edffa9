//! The rows of a statement, as they come. Whoever asks something else on the connection meanwhile makes the rest come
//! into memory first.

use tokio_postgres::Row;

use super::link::Link;
use super::statement::Cell;
use crate::vault::store::error::StoreError;
use crate::vault::store::value::ValueRef;

/// The rows of one statement, one after the other.
pub(in crate::vault::store) struct Rows<'s> {
    link: &'s Link,
    name: &'static str,
    /// Which of the link's statements it is.
    no: u64,
    row: Option<Row>,
}

/// The cells of one row.
pub(in crate::vault::store) struct Cells<'r>(&'r Row);

impl<'s> Rows<'s> {
    pub(super) fn of(link: &'s Link, name: &'static str, no: u64) -> Self {
        Self {
            link,
            name,
            no,
            row: None,
        }
    }

    pub(in crate::vault::store) fn next(&mut self) -> Result<Option<Cells<'_>>, StoreError> {
        self.row = self.link.next_row(self.name, self.no)?;
        Ok(self.row.as_ref().map(Cells))
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        self.link.close_rows(self.no);
    }
}

impl<'r> Cells<'r> {
    pub(super) fn of(row: &'r Row) -> Self {
        Self(row)
    }

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
