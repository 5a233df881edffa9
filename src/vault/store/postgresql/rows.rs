//! The rows of a statement, as they come. Whoever asks something else on the connection meanwhile makes the rest come
//! into memory first.

use std::sync::Arc;

use tokio_postgres::{Row, RowStream};

use super::incoming::Incoming;
use super::statement::Cell;
use super::wire::Wire;
use crate::vault::store::error::StoreError;
use crate::vault::store::value::ValueRef;

/// The rows of one statement, one after the other.
pub(in crate::vault::store) struct Rows<'s> {
    incoming: &'s Incoming,
    wire: Arc<Wire>,
    name: &'static str,
    /// Which of those that come they are.
    no: u64,
    row: Option<Row>,
}

/// The cells of one row.
pub(in crate::vault::store) struct Cells<'r>(&'r Row);

impl<'s> Rows<'s> {
    pub(super) fn of(
        incoming: &'s Incoming,
        wire: Arc<Wire>,
        name: &'static str,
        stream: RowStream,
    ) -> Self {
        Self {
            no: incoming.open(stream),
            incoming,
            wire,
            name,
            row: None,
        }
    }

    pub(in crate::vault::store) fn next(&mut self) -> Result<Option<Cells<'_>>, StoreError> {
        self.row = self.incoming.next(&self.wire, self.name, self.no)?;
        Ok(self.row.as_ref().map(Cells))
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        self.incoming.close(self.no);
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
