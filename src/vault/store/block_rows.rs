//! Table `block`: sealed columns.

use zeroize::Zeroizing;

use super::blob_reader::BlobReader;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::large::Large;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::values;
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
    let key = values![exhibit.0, field.code(), no];
    match connection.overwrite(&BLOCK, key, sealed)? {
        true => Ok(()),
        false => replace(connection, exhibit, field, no, sealed),
    }
}

static BLOCK: Large = Large {
    at: "block::reader",
    table: "block",
    key: &["exhibit", "field", "no"],
};

fn write(
    connection: &Transaction,
    name: &'static str,
    sql: &str,
    (exhibit, field, no, sealed): (ExhibitNumber, Field, u32, &[u8]),
) -> Result<(), StoreError> {
    connection.execute_one(name, sql, values![exhibit.0, field.code(), no, sealed])
}

/// Reads one block into a reusable buffer; false if there is no such block.
pub(crate) fn read(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    field: Field,
    no: u32,
    into: &mut Vec<u8>,
) -> Result<bool, StoreError> {
    let sql =
        "-- block::read\nSELECT sealed FROM block WHERE exhibit = ?1 AND field = ?2 AND no = ?3";
    let key = values![exhibit.0, field.code(), no];
    let found = connection.first("block::read", sql, key, |row| {
        into.clear();
        into.extend_from_slice(row.blob(0)?);
        Ok(())
    })?;
    Ok(found.is_some())
}

/// Reads blocks one after the other.
pub(crate) struct BlockReader<'c>(BlobReader<'c>);

impl<'c> BlockReader<'c> {
    pub(crate) fn new(connection: &'c Snapshot) -> Self {
        Self(BlobReader::of(connection, &BLOCK))
    }

    /// Replaces the content of the buffer; false if there is no such block.
    pub(crate) fn read(
        &mut self,
        exhibit: ExhibitNumber,
        field: Field,
        no: u32,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        self.0.read(values![exhibit.0, field.code(), no], into)
    }
}

/// The blocks of a field from one position to another, in one statement.
pub(crate) fn between(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    field: Field,
    (from, to): (u32, u32),
    mut with: impl FnMut(u32, &[u8]),
) -> Result<(), StoreError> {
    let sql = "-- block::between
        SELECT no, sealed FROM block
        WHERE exhibit = ?1 AND field = ?2 AND no BETWEEN ?3 AND ?4 ORDER BY no";
    let values = values![exhibit.0, field.code(), from, to];
    connection.each("block::between", sql, values, |row| {
        with(row.get(0)?, row.blob(1)?);
        Ok(())
    })
}

/// Every block of an exhibit, in order of field and position.
pub(crate) fn for_each(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u8, u32, &[u8]),
) -> Result<(), StoreError> {
    let sql = "-- block::for_each\nSELECT field, no, sealed FROM block WHERE exhibit = ?1 ORDER BY field, no";
    connection.each("block::for_each", sql, values![exhibit.0], |row| {
        with(row.get(0)?, row.get(1)?, row.blob(2)?);
        Ok(())
    })
}
