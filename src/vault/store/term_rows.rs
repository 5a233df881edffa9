//! Tables `term` and `term_tag`: every distinct identifying value once, sealed,
//! and the blind index over them.

use rusqlite::{Connection, OptionalExtension, params};

use super::case_rows::CaseNumber;
use super::error::{StoreError, at};
use crate::domain::Field;

pub(crate) fn insert(
    connection: &Connection,
    case: CaseNumber,
    field: Field,
    no: u32,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let failed = at("term::insert");
    connection
        .prepare_cached("-- term::insert\nINSERT INTO term (case_number, field, no, sealed) VALUES (?1, ?2, ?3, ?4)")
        .map_err(&failed)?
        .execute(params![case.0, field.code(), no, sealed])
        .map_err(&failed)?;
    Ok(())
}

pub(crate) fn insert_tag(
    connection: &Connection,
    case: CaseNumber,
    field: Field,
    tag: &[u8],
    no: u32,
) -> Result<(), StoreError> {
    let failed = at("term_tag::insert");
    connection
        .prepare_cached("-- term_tag::insert\nINSERT INTO term_tag (case_number, field, tag, no) VALUES (?1, ?2, ?3, ?4)")
        .map_err(&failed)?
        .execute(params![case.0, field.code(), tag, no])
        .map_err(&failed)?;
    Ok(())
}

/// The sealed value of a term.
pub(crate) fn find(
    connection: &Connection,
    case: CaseNumber,
    field: Field,
    no: u32,
) -> Result<Option<Vec<u8>>, StoreError> {
    let failed = at("term::find");
    let mut statement = connection
        .prepare_cached("-- term::find\nSELECT sealed FROM term WHERE case_number = ?1 AND field = ?2 AND no = ?3")
        .map_err(&failed)?;
    statement
        .query_row(params![case.0, field.code(), no], |row| row.get(0))
        .optional()
        .map_err(&failed)
}

/// The number of the term with this tag.
pub(crate) fn find_by_tag(
    connection: &Connection,
    case: CaseNumber,
    field: Field,
    tag: &[u8],
) -> Result<Option<u32>, StoreError> {
    let failed = at("term_tag::find");
    let mut statement = connection
        .prepare_cached("-- term_tag::find\nSELECT no FROM term_tag WHERE case_number = ?1 AND field = ?2 AND tag = ?3")
        .map_err(&failed)?;
    statement
        .query_row(params![case.0, field.code(), tag], |row| row.get(0))
        .optional()
        .map_err(&failed)
}

/// Takes away terms numbered above what is visible: leftovers of a staging that
/// did not end. A case without leftovers costs one index look-up.
pub(crate) fn discard_above(
    connection: &Connection,
    case: CaseNumber,
    field: Field,
    visible: u32,
) -> Result<usize, StoreError> {
    let failed = at("term::discard_above");
    let gone = connection
        .execute(
            "-- term::discard_above\nDELETE FROM term WHERE case_number = ?1 AND field = ?2 AND no > ?3",
            params![case.0, field.code(), visible],
        )
        .map_err(&failed)?;
    if gone > 0 {
        connection
            .execute(
                "-- term_tag::discard_above\nDELETE FROM term_tag WHERE case_number = ?1 AND field = ?2 AND no > ?3",
                params![case.0, field.code(), visible],
            )
            .map_err(&failed)?;
    }
    Ok(gone)
}
