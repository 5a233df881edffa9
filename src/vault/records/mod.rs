//! Queries over sealed columns.

use rusqlite::Connection;

use super::core::Core;
use super::operation::OperationError;
use super::store::case_rows::CaseRow;

/// A protected table about to be given out.
pub(in crate::vault) struct Release;

impl Release {
    pub(in crate::vault) fn record(
        self,
        _core: &Core,
        _connection: &Connection,
        _case: &CaseRow,
    ) -> Result<(), OperationError> {
        Ok(())
    }
}
