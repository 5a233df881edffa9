//! The rows of a statement, as they come from the server: not all at once.

use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use tokio_postgres::{Row, RowStream};

use super::driver::wait;
use super::error::at;
use super::statement::Cell;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::value::ValueRef;

/// The rows of one statement, one after the other.
pub(in crate::vault::store) struct Rows<'s> {
    stream: Pin<&'s mut RowStream>,
    row: Option<Row>,
    patience: Duration,
}

/// The cells of one row.
pub(in crate::vault::store) struct Cells<'r>(&'r Row);

impl<'s> Rows<'s> {
    pub(super) fn of(stream: Pin<&'s mut RowStream>, patience: Duration) -> Self {
        Self {
            stream,
            row: None,
            patience,
        }
    }

    pub(in crate::vault::store) fn next(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Cells<'_>>, StoreError> {
        let until = Instant::now() + self.patience;
        let next = wait(self.stream.as_mut().try_next(), until).ok_or(StoreError {
            at: name,
            fault: StoreFault::Unreachable,
        })?;
        self.row = next.map_err(at(name))?;
        Ok(self.row.as_ref().map(Cells))
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
