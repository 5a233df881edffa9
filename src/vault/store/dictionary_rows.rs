//! Table `dictionary`: the values that an exhibit added to a field's dictionary, sealed.

use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use super::value::values;
use crate::domain::Field;

pub(crate) fn insert(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    sealed: &[u8],
) -> Result<(), StoreError> {
    connection.execute_one(
        "dictionary::insert",
        "-- dictionary::insert\nINSERT INTO dictionary (exhibit, field, sealed) VALUES (?1, ?2, ?3)",
        values![exhibit.0, field.code(), sealed],
    )
}

/// Puts another segment in the place of one that is there.
pub(crate) fn replace(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    sealed: &[u8],
) -> Result<(), StoreError> {
    connection.execute_one(
        "dictionary::replace",
        "-- dictionary::replace\nUPDATE dictionary SET sealed = ?3 WHERE exhibit = ?1 AND field = ?2",
        values![exhibit.0, field.code(), sealed],
    )
}

pub(crate) fn find(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    field: Field,
) -> Result<Option<Vec<u8>>, StoreError> {
    connection.first(
        "dictionary::find",
        "-- dictionary::find\nSELECT sealed FROM dictionary WHERE exhibit = ?1 AND field = ?2",
        values![exhibit.0, field.code()],
        |row| row.get(0),
    )
}

/// All segments of an exhibit, by the code of their field.
pub(crate) fn for_each(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u32, &[u8]),
) -> Result<(), StoreError> {
    let sql = "-- dictionary::for_each\nSELECT field, sealed FROM dictionary WHERE exhibit = ?1 ORDER BY field";
    connection.each("dictionary::for_each", sql, values![exhibit.0], |row| {
        with(row.get(0)?, row.blob(1)?);
        Ok(())
    })
}
