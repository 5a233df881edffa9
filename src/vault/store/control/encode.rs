//! Rows and groups in a canonical encoding, from which their elements and names are made.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::tables::ControlTable;
use crate::vault::store::error::{StoreError, at};

/// A group's name: its table, its columns and their values, encoded.
pub(super) type Place = Box<[u8]>;

/// A column and its value.
pub(in crate::vault::store) type Cell<'a> = (&'static str, ValueRef<'a>);

pub(in crate::vault::store) fn text(value: &str) -> ValueRef<'_> {
    ValueRef::Text(value.as_bytes())
}

pub(in crate::vault::store) fn int(value: i64) -> ValueRef<'static> {
    ValueRef::Integer(value)
}

pub(in crate::vault::store) fn real(value: f64) -> ValueRef<'static> {
    ValueRef::Real(value)
}

pub(in crate::vault::store) fn blob(value: &[u8]) -> ValueRef<'_> {
    ValueRef::Blob(value)
}

/// A cell without a value.
pub(in crate::vault::store) fn nothing() -> ValueRef<'static> {
    ValueRef::Null
}

/// The name of the group whose columns have these values.
pub(super) fn place_of(table: &'static ControlTable, by: &[Cell<'_>]) -> Result<Place, StoreError> {
    let columns = by.iter().map(|(name, _)| name);
    let no = table
        .groups
        .iter()
        .position(|group| group.iter().eq(columns.clone()));
    let no = no.ok_or(StoreError::inconsistent("control::group"))?;
    Ok(place(table, no, by.iter().map(|(_, value)| *value)))
}

/// The name of the group `no` that a row is in; none if a cell of it is empty.
pub(super) fn place_in(
    table: &'static ControlTable,
    no: usize,
    columns: &[&str],
    row: &Row<'_>,
) -> Result<Option<Place>, StoreError> {
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        match row.get_ref(*column).map_err(at(table.name))? {
            ValueRef::Null => return Ok(None),
            value => cells.push(value),
        }
    }
    Ok(Some(place(table, no, cells.into_iter())))
}

fn place<'v>(
    table: &'static ControlTable,
    no: usize,
    cells: impl Iterator<Item = ValueRef<'v>>,
) -> Place {
    let mut bytes = Vec::with_capacity(64);
    part(&mut bytes, 0, table.name.as_bytes());
    part(&mut bytes, 0, &(no as u64).to_be_bytes());
    cells.for_each(|cell| encode(&mut bytes, cell));
    bytes.into_boxed_slice()
}

/// A row in its canonical encoding: the table's name, then each column, its name and its value,
/// every part behind its kind and its length.
pub(super) fn encode_row(table: &ControlTable, row: &Row<'_>) -> Result<Vec<u8>, StoreError> {
    let failed = at(table.name);
    let mut bytes = Vec::with_capacity(512);
    part(&mut bytes, 0, table.name.as_bytes());
    let statement = row.as_ref();
    let columns = statement.column_count();
    for no in 0..columns {
        let name = statement.column_name(no).map_err(&failed)?;
        part(&mut bytes, 0, name.as_bytes());
        encode(&mut bytes, row.get_ref(no).map_err(&failed)?);
    }
    Ok(bytes)
}

fn encode(bytes: &mut Vec<u8>, cell: ValueRef<'_>) {
    match cell {
        ValueRef::Null => part(bytes, 1, &[]),
        ValueRef::Integer(value) => part(bytes, 2, &value.to_be_bytes()),
        ValueRef::Real(value) => part(bytes, 3, &value.to_bits().to_be_bytes()),
        ValueRef::Text(value) => part(bytes, 4, value),
        ValueRef::Blob(value) => part(bytes, 5, value),
    }
}

fn part(bytes: &mut Vec<u8>, kind: u8, value: &[u8]) {
    bytes.push(kind);
    bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
    bytes.extend_from_slice(value);
}
