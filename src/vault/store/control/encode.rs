//! Rows and groups in a canonical encoding, from which their elements and names are made.

use super::tables::ControlTable;
use crate::vault::store::error::StoreError;
use crate::vault::store::row::Row;
use crate::vault::store::value::ValueRef;

/// A group's name: its table, its columns and their values, encoded.
pub(super) type Place = Vec<u8>;

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

/// The name of the group whose columns have these values; `no` is its number among the table's groups.
pub(super) fn place_of(table: &'static ControlTable, no: usize, by: &[Cell<'_>]) -> Place {
    place(table, no, by.iter().map(|(_, value)| *value))
}

/// The names of the groups that a row is in: all but those of which a cell of it is empty.
pub(super) fn places_in(table: &'static ControlTable, cells: &[ValueRef<'_>]) -> Vec<Place> {
    let named = |(no, group): (usize, &&[&str])| {
        let of_group = group.iter().map(|column| {
            let at = table.columns.iter().position(|own| own == column);
            at.and_then(|at| cells.get(at).copied())
        });
        let of_group: Vec<ValueRef<'_>> = of_group.collect::<Option<_>>()?;
        let whole = !of_group.contains(&ValueRef::Null);
        whole.then(|| place(table, no, of_group.into_iter()))
    };
    table.groups.iter().enumerate().filter_map(named).collect()
}

fn place<'v>(
    table: &'static ControlTable,
    no: usize,
    cells: impl Iterator<Item = ValueRef<'v>>,
) -> Place {
    let mut bytes = Vec::with_capacity(128);
    part(&mut bytes, 0, table.name.as_bytes());
    part(&mut bytes, 0, &(no as u64).to_be_bytes());
    cells.for_each(|cell| encode(&mut bytes, cell));
    bytes
}

/// The cells of a row that was read, in the order of the table's columns.
pub(super) fn cells_of<'r>(
    table: &ControlTable,
    row: &Row<'r>,
) -> Result<Vec<ValueRef<'r>>, StoreError> {
    (0..table.columns.len()).map(|no| row.cell(no)).collect()
}

/// A row in its canonical encoding: the table's name, then each column, its name and its value,
/// every part behind its kind and its length.
pub(super) fn encode_row(table: &ControlTable, cells: &[ValueRef<'_>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    part(&mut bytes, 0, table.name.as_bytes());
    for (name, cell) in table.columns.iter().zip(cells) {
        part(&mut bytes, 0, name.as_bytes());
        encode(&mut bytes, *cell);
    }
    bytes
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
