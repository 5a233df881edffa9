//! Table `subject_index`: where a run of numbers occurs, sealed.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::exhibit_rows::ExhibitNumber;

pub(crate) fn insert(
    connection: &Connection,
    exhibit: ExhibitNumber,
    range: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("-- subject_index::insert\nINSERT INTO subject_index (exhibit, range, sealed) VALUES (?1, ?2, ?3)")
        .map_err(at("subject_index::insert"))?;
    let changed = statement
        .execute(params![exhibit.0, range, sealed])
        .map_err(at("subject_index::insert"))?;
    one("subject_index::insert", changed)
}

pub(crate) fn find(
    connection: &Connection,
    exhibit: ExhibitNumber,
    range: u32,
) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = at("subject_index::find");
    let mut statement = connection
        .prepare_cached("-- subject_index::find\nSELECT sealed FROM subject_index WHERE exhibit = ?1 AND range = ?2")
        .map_err(&failed)?;
    statement
        .query_row(params![exhibit.0, range], |row| row.get(0))
        .optional()
        .map_err(&failed)
}

/// All ranges of an exhibit, in order.
pub(crate) fn for_each(
    connection: &Connection,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u32, &[u8]),
) -> Result<(), StoreError> {
    let failed = at("subject_index::for_each");
    let mut statement = connection
        .prepare_cached("-- subject_index::for_each\nSELECT range, sealed FROM subject_index WHERE exhibit = ?1 ORDER BY range")
        .map_err(&failed)?;
    let mut rows = statement.query(params![exhibit.0]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let sealed = row.get_ref(1).map_err(&failed)?;
        let sealed = sealed
            .as_blob()
            .map_err(|_| StoreError::inconsistent("subject_index::for_each"))?;
        with(row.get(0).map_err(&failed)?, sealed);
    }
    Ok(())
}
