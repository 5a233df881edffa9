//! What the tables of an exhibit's numbered, sealed parts have in common: a part is written once,
//! and read by its position or with all others in order. Only an erasure puts another one in its place.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;

/// The statements of one such table, each with its name in errors. They take the exhibit, then the
/// position, then the part.
pub(crate) struct SealedParts {
    pub(super) insert: Statement,
    pub(super) replace: Statement,
    pub(super) find: Statement,
    pub(super) for_each: Statement,
}

pub(super) struct Statement {
    pub(super) at: &'static str,
    pub(super) sql: &'static str,
}

impl Statement {
    fn write(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        no: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let failed = at(self.at);
        let changed = connection
            .prepare_cached(self.sql)
            .map_err(&failed)?
            .execute(params![exhibit.0, no, sealed])
            .map_err(&failed)?;
        one(self.at, changed)
    }
}

impl SealedParts {
    pub(crate) fn insert(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        no: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        self.insert.write(connection, exhibit, no, sealed)
    }

    /// Puts another part in the place of one that is there.
    pub(crate) fn replace(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        no: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        self.replace.write(connection, exhibit, no, sealed)
    }

    pub(crate) fn find(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        no: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let failed = at(self.find.at);
        connection
            .prepare_cached(self.find.sql)
            .map_err(&failed)?
            .query_row(params![exhibit.0, no], |row| row.get(0))
            .optional()
            .map_err(&failed)
    }

    /// All parts of an exhibit, in the order of their positions.
    pub(crate) fn for_each(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        mut with: impl FnMut(u32, &[u8]),
    ) -> Result<(), StoreError> {
        let failed = at(self.for_each.at);
        let mut statement = connection
            .prepare_cached(self.for_each.sql)
            .map_err(&failed)?;
        let mut rows = statement.query(params![exhibit.0]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let sealed = row.get_ref(1).map_err(&failed)?;
            let sealed = sealed
                .as_blob()
                .map_err(|_| StoreError::inconsistent(self.for_each.at))?;
            with(row.get(0).map_err(&failed)?, sealed);
        }
        Ok(())
    }
}
