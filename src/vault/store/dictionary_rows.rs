//! Table `dictionary`: the values that an exhibit added to a field's dictionary, sealed.

use rusqlite::{OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::exhibit_rows::ExhibitNumber;
use super::snapshot::Snapshot;
use super::transaction::Transaction;
use crate::domain::Field;

pub(crate) fn insert(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- dictionary::insert\nINSERT INTO dictionary (exhibit, field, sealed) VALUES (?1, ?2, ?3)",
            params![exhibit.0, field.code(), sealed],
        )
        .map_err(at("dictionary::insert"))?;
    one("dictionary::insert", changed)
}

/// Puts another segment in the place of one that is there.
pub(crate) fn replace(
    connection: &Transaction,
    exhibit: ExhibitNumber,
    field: Field,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let changed = connection
        .execute(
            "-- dictionary::replace\nUPDATE dictionary SET sealed = ?3 WHERE exhibit = ?1 AND field = ?2",
            params![exhibit.0, field.code(), sealed],
        )
        .map_err(at("dictionary::replace"))?;
    one("dictionary::replace", changed)
}

pub(crate) fn find(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    field: Field,
) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = at("dictionary::find");
    let mut statement = connection
        .prepare_cached(
            "-- dictionary::find\nSELECT sealed FROM dictionary WHERE exhibit = ?1 AND field = ?2",
        )
        .map_err(&failed)?;
    statement
        .query_row(params![exhibit.0, field.code()], |row| row.get(0))
        .optional()
        .map_err(&failed)
}

/// All segments of an exhibit, by the code of their field.
pub(crate) fn for_each(
    connection: &Snapshot,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u32, &[u8]),
) -> Result<(), StoreError> {
    let failed = at("dictionary::for_each");
    let mut statement = connection
        .prepare_cached("-- dictionary::for_each\nSELECT field, sealed FROM dictionary WHERE exhibit = ?1 ORDER BY field")
        .map_err(&failed)?;
    let mut rows = statement.query(params![exhibit.0]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let sealed = row.get_ref(1).map_err(&failed)?;
        let sealed = sealed
            .as_blob()
            .map_err(|_| StoreError::inconsistent("dictionary::for_each"))?;
        with(row.get(0).map_err(&failed)?, sealed);
    }
    Ok(())
}
