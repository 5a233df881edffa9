//! Removes the rows that an attempt left which was for another state of the source.

use super::tables::{HEAD, Kind, Table, all};
use crate::vault::store::error::StoreError;
use crate::vault::store::transaction::Writer;
use crate::vault::store::value::values;

/// So many rows of a long table are removed in one transaction.
const AT_ONCE: i64 = 512;

/// Removes the head and every row but those of the log. A log only grows, so its first rows are the ones that would be
/// copied again; whether they are is found by the comparison. Nothing that stands in a log is ever removed.
pub(crate) fn clear(of: &Writer) -> Result<(), StoreError> {
    remove_all(of, &HEAD)?;
    // Those first that refer to others.
    for table in all().rev() {
        match table.kind {
            Kind::Log | Kind::Entries => {}
            Kind::Control => remove_all(of, &table)?,
            Kind::Parts => remove_in_steps(of, &table)?,
        }
    }
    Ok(())
}

fn remove_all(of: &Writer, table: &Table) -> Result<(), StoreError> {
    let begun = of.begin()?;
    let sql = format!("-- transfer::clear\nDELETE FROM {}", table.name);
    begun.execute(table.name, &sql, &[])?;
    begun.commit()
}

fn remove_in_steps(of: &Writer, table: &Table) -> Result<(), StoreError> {
    let (name, key) = (table.name, table.key.join(", "));
    let sql = format!(
        "-- transfer::clear\nDELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM {name} ORDER BY {key} LIMIT ?1)"
    );
    loop {
        let begun = of.begin()?;
        let removed = begun.execute(name, &sql, values![AT_ONCE])?;
        begun.commit()?;
        if removed == 0 {
            return Ok(());
        }
    }
}
