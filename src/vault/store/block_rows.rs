//! Table `block`: sealed columns.

use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use super::blob_reader::BlobReader;
use super::error::{StoreError, at, one};
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Field;

pub(crate) fn insert(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    no: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let sql =
        "-- block::insert\nINSERT INTO block (exhibit, field, no, sealed) VALUES (?1, ?2, ?3, ?4)";
    write(
        connection,
        "block::insert",
        sql,
        (exhibit, field, no, sealed),
    )
}

/// Puts another block in the place of one that is there.
pub(crate) fn replace(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    no: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let sql = "-- block::replace\nUPDATE block SET sealed = ?4 WHERE exhibit = ?1 AND field = ?2 AND no = ?3";
    write(
        connection,
        "block::replace",
        sql,
        (exhibit, field, no, sealed),
    )
}

/// The same, in the pages where it is if the other one is as long.
pub(crate) fn overwrite(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    no: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let failed = at("block::overwrite");
    let row: i64 = connection
        .prepare_cached(ROW)
        .map_err(&failed)?
        .query_row(params![exhibit.0, field.code(), no], |row| row.get(0))
        .map_err(&failed)?;
    match connection.overwrite("block", row, sealed)? {
        true => Ok(()),
        false => replace(connection, exhibit, field, no, sealed),
    }
}

/// Finds the row of a block.
const ROW: &str =
    "-- block::reader\nSELECT rowid FROM block WHERE exhibit = ?1 AND field = ?2 AND no = ?3";

fn write(
    connection: &Transaction,
    name: &'static str,
    sql: &str,
    (exhibit, field, no, sealed): (ExhibitNumber, Field, u32, &[u8]),
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(at(name))?;
    let changed = statement
        .execute(params![exhibit.0, field.code(), no, sealed])
        .map_err(at(name))?;
    one(name, changed)
}

/// Reads one block into a reusable buffer; false if there is no such block.
pub(crate) fn read(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    field: Field,
    no: u32,
    into: &mut Vec<u8>,
) -> Result<bool, StoreError> {
    let failed = at("block::read");
    let mut statement = connection
        .prepare_cached("-- block::read\nSELECT sealed FROM block WHERE exhibit = ?1 AND field = ?2 AND no = ?3")
        .map_err(&failed)?;
    let found = statement
        .query_row(params![exhibit.0, field.code(), no], |row| {
            into.clear();
            into.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        })
        .optional()
        .map_err(&failed)?;
    Ok(found.is_some())
}

/// Reads blocks one after the other.
pub(crate) struct BlockReader<'c>(BlobReader<'c>);

impl<'c> BlockReader<'c> {
    pub(crate) fn new(connection: &'c Snapshot) -> Self {
        Self(BlobReader::of(connection, "block"))
    }

    /// Replaces the content of the buffer; false if there is no such block.
    pub(crate) fn read(
        &mut self,
        exhibit: ExhibitNumber,
        field: Field,
        no: u32,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let failed = at("block::reader");
        let row: Option<i64> = self
            .0
            .connection()
            .prepare_cached(ROW)
            .map_err(&failed)?
            .query_row(params![exhibit.0, field.code(), no], |row| row.get(0))
            .optional()
            .map_err(&failed)?;
        let Some(row) = row else {
            return Ok(false);
        };
        self.0.read(row, into)?;
        Ok(true)
    }
}

/// Every block of an exhibit, in order of field and position.
pub(crate) fn for_each(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u8, u32, &[u8]),
) -> Result<(), StoreError> {
    let failed = at("block::for_each");
    let mut statement = connection
        .prepare_cached("-- block::for_each\nSELECT field, no, sealed FROM block WHERE exhibit = ?1 ORDER BY field, no")
        .map_err(&failed)?;
    let mut rows = statement.query(params![exhibit.0]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let sealed = row.get_ref(2).map_err(&failed)?;
        let sealed = sealed
            .as_blob()
            .map_err(|_| StoreError::inconsistent("block::for_each"))?;
        with(
            row.get(0).map_err(&failed)?,
            row.get(1).map_err(&failed)?,
            sealed,
        );
    }
    Ok(())
}
