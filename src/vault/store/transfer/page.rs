//! Goes through the rows of a table in the order of their keys, a page at a time.

use super::tables::Table;
use crate::vault::store::error::{StoreError, sound};
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::value::{Value, ValueRef};

/// About so many bytes are read at once.
const PAGE_BYTES: usize = 4 << 20;
/// How many rows the first page has: nothing is known of their length yet.
const FIRST_ROWS: usize = 16;

/// The cells of a row.
pub(super) type Cells = Vec<Value>;

/// Where somebody is who goes through a table.
pub(super) struct Pages {
    table: Table,
    /// The key of the last row.
    after: Option<Cells>,
    rows: usize,
}

impl Pages {
    /// From the first row, or from the one behind a key.
    pub(super) fn of(table: Table, after: Option<Cells>) -> Self {
        Self {
            table,
            after,
            rows: FIRST_ROWS,
        }
    }

    /// The next rows; none at the end.
    pub(super) fn next(&mut self, of: &Snapshot) -> Result<Vec<Cells>, StoreError> {
        let at = self.table.name;
        let limit = i64::try_from(self.rows).unwrap_or(i64::MAX);
        let mut values: Vec<ValueRef<'_>> = self.after.iter().flatten().map(Into::into).collect();
        values.push(limit.into());
        let sql = statement(&self.table, self.after.is_some());
        let width = self.table.columns.len();
        let rows = of.all(at, &sql, &values, |row| {
            let cell = |no| sound(at, Value::try_from(row.cell(no)?));
            (0..width).map(cell).collect::<Result<Cells, _>>()
        })?;
        let bytes: usize = rows.iter().flatten().map(length).sum();
        if let Some(last) = rows.last() {
            self.after = Some(key_of(&self.table, last)?);
            let each = bytes / rows.len();
            self.rows = (PAGE_BYTES / each.max(1)).clamp(1, self.table.most_rows);
        }
        Ok(rows)
    }
}

/// The statement for the rows behind a key, or the first ones.
fn statement(table: &Table, goes_on: bool) -> String {
    let (columns, key) = (table.columns.join(", "), table.key.join(", "));
    let places: Vec<String> = (1..=table.key.len()).map(|no| format!("?{no}")).collect();
    let (behind, limit) = match goes_on {
        true => (
            format!("WHERE ({key}) > ({})", places.join(", ")),
            places.len() + 1,
        ),
        false => (String::new(), 1),
    };
    let name = table.name;
    format!(
        "-- transfer::page\nSELECT {columns} FROM {name} {behind} ORDER BY {key} LIMIT ?{limit}"
    )
}

fn key_of(table: &Table, row: &[Value]) -> Result<Cells, StoreError> {
    let cell = |column| {
        let at = table.columns.iter().position(|own| own == column);
        at.and_then(|at| row.get(at)).cloned()
    };
    let key: Option<Cells> = table.key.iter().map(cell).collect();
    key.ok_or(StoreError::inconsistent(table.name))
}

fn length(cell: &Value) -> usize {
    match cell {
        Value::Null | Value::Integer(_) | Value::Real(_) => 8,
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
    }
}

/// The highest key of a table whose keys are whole numbers.
pub(super) fn highest(of: &Snapshot, table: &Table) -> Result<Option<Cells>, StoreError> {
    let at = table.name;
    let down: Vec<String> = table.key.iter().map(|key| format!("{key} DESC")).collect();
    let sql = format!(
        "-- transfer::highest\nSELECT {} FROM {at} ORDER BY {} LIMIT 1",
        table.key.join(", "),
        down.join(", ")
    );
    of.first(at, &sql, &[], |row| {
        let cell = |no| sound(at, Value::try_from(row.cell(no)?));
        (0..table.key.len()).map(cell).collect()
    })
}

/// How many rows a table has.
pub(super) fn count(of: &Snapshot, table: &Table) -> Result<u64, StoreError> {
    let at = table.name;
    let sql = format!("-- transfer::count\nSELECT count(*) FROM {at}");
    of.one(at, &sql, &[], |row| row.get(0))
}
