//! Control rows that a transaction has set and not written yet, where a server has the tables.
//!
//! The acts that share a commit often set the same few rows, such as one operator's budgets. Each row is written once,
//! with what the last of them set: before any other statement of the transaction runs, so that none sees older rows.
//! What each act reads of them comes from memory meanwhile.

use super::encode::{Cell, Place, place_of};
use super::rows::PRIMARY;
use super::tables::ControlTable;
use crate::vault::store::error::StoreError;
use crate::vault::store::snapshot::{Snapshot, statements};
use crate::vault::store::value::{Value, ValueRef};

/// A row that is to be written.
#[derive(Debug)]
pub(super) struct PutOff {
    pub(super) place: Place,
    pub(super) table: &'static ControlTable,
    /// All cells, in the order of the table's columns.
    pub(super) row: Vec<Value>,
    /// The columns that were set. The others are compared only: somebody may have changed them.
    pub(super) set: Vec<&'static str>,
}

impl PutOff {
    pub(super) fn of(
        table: &'static ControlTable,
        key: &[Cell<'_>],
        row: Vec<Value>,
        set: &[Cell<'_>],
    ) -> Self {
        let is_set = |column: &&&str| set.iter().any(|(name, _)| name == *column);
        Self {
            place: place_of(table, PRIMARY, key),
            table,
            row,
            set: table.columns.iter().filter(is_set).copied().collect(),
        }
    }

    /// The same row, set once more.
    pub(super) fn follow(&mut self, next: Self) {
        for column in next.set {
            if !self.set.contains(&column) {
                self.set.push(column);
            }
        }
        self.row = next.row;
    }
}

impl Snapshot {
    /// Writes the rows that were put off. If that fails, the transaction cannot be committed.
    pub(in crate::vault::store) fn write_put_off(&self) -> Result<(), StoreError> {
        let Some(view) = self.view() else {
            return Ok(());
        };
        for one in view.take_put_off() {
            self.write(&one).inspect_err(|_| view.lose())?;
        }
        Ok(())
    }

    fn write(&self, one: &PutOff) -> Result<(), StoreError> {
        let table = one.table;
        let row: Vec<ValueRef<'_>> = one.row.iter().map(ValueRef::from).collect();
        let key = table.key_of(&row)?;
        let mut set = Vec::with_capacity(one.set.len());
        for column in &one.set {
            let value = row.get(table.place(column)?);
            let value = value.ok_or(StoreError::inconsistent(table.name))?;
            set.push((*column, *value));
        }
        let (sql, values) = table.update(&set, &key);
        statements::note(&sql);
        let changed = self.session().send(table.name, &sql, &values, 1)?;
        self.confirm(table, &key, Some(&row), changed)
    }
}
