//! What the tables of an exhibit's numbered, sealed parts have in common: a part is written once,
//! and read by its position or with all others in order. Only an erasure puts another one in its place.

use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::values;

/// The statements of one such table, each with its name in errors. They take the exhibit, then the
/// position, then the part.
pub(crate) struct SealedParts {
    pub(super) insert: Statement,
    pub(super) replace: Statement,
    pub(super) find: Statement,
    pub(super) for_each: Statement,
}

/// Reads the parts with the positions from one to another. The statement takes the exhibit and both.
pub(crate) struct PartsBetween(pub(super) Statement);

impl PartsBetween {
    pub(crate) fn read(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        (from, to): (u32, u32),
        mut with: impl FnMut(u32, &[u8]),
    ) -> Result<(), StoreError> {
        let Statement { at, sql } = self.0;
        connection.each(at, sql, values![exhibit.0, from, to], |row| {
            with(row.get(0)?, row.blob(1)?);
            Ok(())
        })
    }
}

#[derive(Clone, Copy)]
pub(super) struct Statement {
    pub(super) at: &'static str,
    pub(super) sql: &'static str,
}

impl SealedParts {
    pub(crate) fn insert(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        no: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let Statement { at, sql } = self.insert;
        connection.execute_one(at, sql, values![exhibit.0, no, sealed])
    }

    /// Puts another part in the place of one that is there.
    pub(crate) fn replace(
        &self,
        connection: &Transaction,
        exhibit: ExhibitNumber,
        no: u32,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let Statement { at, sql } = self.replace;
        connection.execute_one(at, sql, values![exhibit.0, no, sealed])
    }

    pub(crate) fn find(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        no: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Statement { at, sql } = self.find;
        connection.first(at, sql, values![exhibit.0, no], |row| row.get(0))
    }

    /// All parts of an exhibit, in the order of their positions.
    pub(crate) fn for_each(
        &self,
        connection: &Snapshot,
        exhibit: ExhibitNumber,
        mut with: impl FnMut(u32, &[u8]),
    ) -> Result<(), StoreError> {
        let Statement { at, sql } = self.for_each;
        connection.each(at, sql, values![exhibit.0], |row| {
            with(row.get(0)?, row.blob(1)?);
            Ok(())
        })
    }
}
