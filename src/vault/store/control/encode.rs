//! Rows and groups in a canonical encoding, from which their elements and names are made.

use super::tables::{CONTROL, ControlTable};
use crate::vault::store::error::StoreError;
use crate::vault::store::row::Row;
use crate::vault::store::value::{Value, ValueRef};

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

/// What the names of all groups of a table begin with.
pub(super) fn beginning_of_places(table: &ControlTable) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32);
    part(&mut bytes, 0, table.name.as_bytes());
    bytes
}

/// The table and the key of a row, if the name is of the group that is this row alone.
pub(super) fn row_named(place: &[u8]) -> Option<(&'static ControlTable, Vec<Value>)> {
    let mut rest = place;
    let (_, name) = next_part(&mut rest)?;
    let (_, no) = next_part(&mut rest)?;
    if *no != 0_u64.to_be_bytes() {
        return None;
    }
    let table = CONTROL.iter().find(|own| own.name.as_bytes() == name)?;
    let mut cells = Vec::new();
    while !rest.is_empty() {
        let (kind, value) = next_part(&mut rest)?;
        cells.push(decoded(kind, value)?);
    }
    Some((table, cells))
}

/// The kind of a value, and its bytes.
pub(super) fn bytes_of(value: &Value) -> (u8, Vec<u8>) {
    match value {
        Value::Null => (1, Vec::new()),
        Value::Integer(value) => (2, value.to_be_bytes().to_vec()),
        Value::Real(value) => (3, value.to_bits().to_be_bytes().to_vec()),
        Value::Text(value) => (4, value.as_bytes().to_vec()),
        Value::Blob(value) => (5, value.clone()),
    }
}

/// The value of a kind that has these bytes.
pub(super) fn decoded(kind: u8, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        1 if bytes.is_empty() => Value::Null,
        2 => Value::Integer(i64::from_be_bytes(bytes.try_into().ok()?)),
        3 => Value::Real(f64::from_bits(u64::from_be_bytes(bytes.try_into().ok()?))),
        4 => Value::Text(str::from_utf8(bytes).ok()?.to_owned()),
        5 => Value::Blob(bytes.to_vec()),
        _ => return None,
    })
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

fn next_part<'b>(rest: &mut &'b [u8]) -> Option<(u8, &'b [u8])> {
    let (kind, after) = rest.split_first()?;
    let (length, after) = after.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
    let (value, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((*kind, value))
}
