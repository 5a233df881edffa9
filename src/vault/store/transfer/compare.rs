//! Compares two databases, table by table.
//!
//! Each row is an element under a key of the caller's, and a table is the sum of its elements: whoever does not know
//! the key cannot make other rows with the same sum, and the order in which an engine reads its rows is no matter.

use super::page::{self, Pages};
use super::tables::{Table, all};
use crate::vault::store::control::Sum;
use crate::vault::store::error::StoreError;
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::value::Value;

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compared {
    /// How many rows both have.
    pub(crate) rows: u64,
    /// The first table whose rows are not the same.
    pub(crate) differs: Option<&'static str>,
}

/// Reads all rows of both. `element` makes the keyed element of an encoded row, and `told` gets how many rows of the
/// source were compared.
pub(crate) fn compare(
    from: &Snapshot,
    to: &Snapshot,
    element: &dyn Fn(&[u8]) -> [u8; 32],
    told: &mut dyn FnMut(u64),
) -> Result<Compared, StoreError> {
    let mut compared = Compared {
        rows: 0,
        differs: None,
    };
    for table in all() {
        let before = compared.rows;
        let source = sum(from, table, element, &mut |rows| told(before + rows))?;
        let target = sum(to, table, element, &mut |_| ())?;
        if source != target {
            compared.differs = Some(table.name);
            break;
        }
        compared.rows += source.0;
    }
    Ok(compared)
}

/// How many rows a table has, and the sum over them. Rows that its key does not find count all the same.
fn sum(
    of: &Snapshot,
    table: Table,
    element: &dyn Fn(&[u8]) -> [u8; 32],
    told: &mut dyn FnMut(u64),
) -> Result<(u64, u64, [u8; 32]), StoreError> {
    let (mut sum, mut read) = (Sum::default(), 0_u64);
    let mut pages = Pages::of(table, None);
    let mut encoded = Vec::new();
    loop {
        let rows = pages.next(of)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            encoded.clear();
            encode(&mut encoded, row);
            sum.add(Sum::of(element(&encoded)));
        }
        read += rows.len() as u64;
        told(read);
    }
    Ok((page::count(of, &table)?, read, sum.bytes()))
}

/// No two rows are encoded alike.
fn encode(into: &mut Vec<u8>, row: &[Value]) {
    for cell in row {
        let integer;
        let (kind, bytes): (u8, &[u8]) = match cell {
            Value::Null => (0, &[]),
            Value::Integer(value) => {
                integer = value.to_be_bytes();
                (1, &integer)
            }
            Value::Real(value) => {
                integer = value.to_be_bytes();
                (2, &integer)
            }
            Value::Text(text) => (3, text.as_bytes()),
            Value::Blob(bytes) => (4, bytes),
        };
        into.push(kind);
        into.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        into.extend_from_slice(bytes);
    }
}
