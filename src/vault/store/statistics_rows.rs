//! Table `statistics`: what a block of records holds, sealed.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{StoreError, at, one};
use super::exhibit_rows::ExhibitNumber;

pub(crate) fn insert(
    connection: &Connection,
    exhibit: ExhibitNumber,
    no: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare_cached("-- statistics::insert\nINSERT INTO statistics (exhibit, no, sealed) VALUES (?1, ?2, ?3)")
        .map_err(at("statistics::insert"))?;
    let changed = statement
        .execute(params![exhibit.0, no, sealed])
        .map_err(at("statistics::insert"))?;
    one("statistics::insert", changed)
}

pub(crate) fn find(
    connection: &Connection,
    exhibit: ExhibitNumber,
    no: u32,
) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = at("statistics::find");
    let mut statement = connection
        .prepare_cached(
            "-- statistics::find\nSELECT sealed FROM statistics WHERE exhibit = ?1 AND no = ?2",
        )
        .map_err(&failed)?;
    statement
        .query_row(params![exhibit.0, no], |row| row.get(0))
        .optional()
        .map_err(&failed)
}

/// All statistics of an exhibit, in order of their blocks.
pub(crate) fn for_each(
    connection: &Connection,
    exhibit: ExhibitNumber,
    mut with: impl FnMut(u32, &[u8]),
) -> Result<(), StoreError> {
    let failed = at("statistics::for_each");
    let mut statement = connection
        .prepare_cached("-- statistics::for_each\nSELECT no, sealed FROM statistics WHERE exhibit = ?1 ORDER BY no")
        .map_err(&failed)?;
    let mut rows = statement.query(params![exhibit.0]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let sealed = row.get_ref(1).map_err(&failed)?;
        let sealed = sealed
            .as_blob()
            .map_err(|_| StoreError::inconsistent("statistics::for_each"))?;
        with(row.get(0).map_err(&failed)?, sealed);
    }
    Ok(())
}
