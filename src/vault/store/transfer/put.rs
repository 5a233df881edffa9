//! Writes rows of one database into another one.

use super::page::{self, Cells, Pages};
use super::tables::{HEAD, Kind, Table, all};
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::transaction::{Transaction, Writer, places_of};
use crate::vault::store::value::ValueRef;

/// So many rows go with one statement, where a page has as many.
const TOGETHER: usize = 64;

/// Copies what the target lacks. If it has rows, they have to be of this source, as it is: then it goes on behind the
/// highest key of each table. `told` gets how many rows the target has.
pub(crate) fn copy(
    from: &Snapshot,
    to: &Writer,
    told: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    let mut there = 0;
    for table in all() {
        let after = match table.kind {
            // Which of them are there is found row by row: new ones come between those that are.
            Kind::Control | Kind::Entries => None,
            Kind::Parts | Kind::Log => page::highest(to, &table)?,
        };
        if after.is_some() {
            there += page::count(to, &table)?;
            told(there);
        }
        let mut pages = Pages::of(table, after);
        loop {
            let rows = pages.next(from)?;
            if rows.is_empty() {
                break;
            }
            let begun = to.begin()?;
            put(&begun, &table, &rows)?;
            begun.commit()?;
            there += rows.len() as u64;
            told(there);
        }
    }
    Ok(())
}

/// Copies the row of the log's head. From here on the target is a vault's database.
pub(crate) fn copy_head(from: &Snapshot, to: &Writer) -> Result<(), StoreError> {
    let rows = Pages::of(HEAD, None).next(from)?;
    let begun = to.begin()?;
    put(&begun, &HEAD, &rows)?;
    begun.commit()
}

fn put(to: &Transaction, table: &Table, rows: &[Cells]) -> Result<(), StoreError> {
    let (together, rest) = match rows.len() < TOGETHER {
        true => (&[][..], rows),
        false => rows.split_at(rows.len() - rows.len() % TOGETHER),
    };
    let many = statement(table, TOGETHER);
    for rows in together.chunks(TOGETHER) {
        insert(to, table, &many, rows)?;
    }
    let one = statement(table, 1);
    for row in rest.chunks(1) {
        insert(to, table, &one, row)?;
    }
    Ok(())
}

fn insert(to: &Transaction, table: &Table, sql: &str, rows: &[Cells]) -> Result<(), StoreError> {
    let values: Vec<ValueRef<'_>> = rows.iter().flatten().map(Into::into).collect();
    let changed = to.execute(table.name, sql, &values)?;
    match table.kind {
        Kind::Control | Kind::Entries => Ok(()),
        Kind::Parts | Kind::Log if changed == rows.len() => Ok(()),
        Kind::Parts | Kind::Log => Err(StoreError {
            at: table.name,
            fault: StoreFault::RowCount(changed),
        }),
    }
}

/// The statement for so many rows. A control row or an entry that is there stays: the comparison finds one that is
/// another.
fn statement(table: &Table, rows: usize) -> String {
    let unless_there = match table.kind {
        Kind::Control | Kind::Entries => " ON CONFLICT DO NOTHING",
        Kind::Parts | Kind::Log => "",
    };
    format!(
        "-- transfer::put\nINSERT INTO {} ({}) VALUES {}{unless_there}",
        table.name,
        table.columns.join(", "),
        places_of(rows, table.columns.len())
    )
}
