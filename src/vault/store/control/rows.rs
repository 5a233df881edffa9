//! Reading and writing control rows: the only statements that name their tables.
//!
//! A read names the columns it reads by, and gets all rows of that group or an error. A write names
//! the row's primary key and the cells it sets, so that the sums follow it.

use std::collections::HashMap;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Row, params_from_iter};

use super::encode::{Cell, Place, int, place_of};
use super::state::{ControlState, Group, tampered};
use super::sum::Sum;
use super::tables::{CONTROL, ControlTable};
use super::view::{ControlView, Known};
use crate::vault::store::error::{StoreError, at};
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::transaction::Transaction;

impl ControlState {
    /// Reads all control rows. `element` makes the keyed element of an encoded row.
    pub(crate) fn load(
        connection: &Snapshot,
        element: impl Fn(&[u8]) -> [u8; 32] + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let state = Self::empty(element);
        state.learn(connection)?;
        Ok(state)
    }

    /// Takes the rows of the file for true.
    fn learn(&self, connection: &Snapshot) -> Result<(), StoreError> {
        let mut groups: HashMap<Place, Group> = HashMap::new();
        for table in CONTROL {
            let failed = at(table.name);
            let mut statement = connection
                .prepare_cached(&table.select(&[]))
                .map_err(&failed)?;
            let mut rows = statement.query([]).map_err(&failed)?;
            while let Some(row) = rows.next().map_err(&failed)? {
                let (sum, places) = self.row(table, row)?;
                for place in places {
                    groups.entry(place).or_default().add(sum);
                }
            }
        }
        self.become_known(groups);
        Ok(())
    }

    /// For tests that write rows beside the vault.
    #[cfg(test)]
    pub(crate) fn accept(&self, connection: &Snapshot) -> Result<(), StoreError> {
        self.learn(connection)
    }
}

impl Snapshot {
    /// The rows whose columns have these values, compared with the control state. The columns must
    /// be one of the table's groups; none are all rows.
    pub(in crate::vault::store) fn rows<T>(
        &self,
        table: &'static ControlTable,
        by: &[Cell<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let failed = at(table.name);
        let mut statement = self.prepare_cached(&table.select(by)).map_err(&failed)?;
        let mut rows = statement.query(values(by)).map_err(&failed)?;
        let view = self.view();
        let (mut all, mut sum) = (Vec::new(), Sum::default());
        while let Some(row) = rows.next().map_err(&failed)? {
            if let Some(view) = view {
                sum.add(view.state.element(table, row)?);
            }
            all.push(read(row));
        }
        // Before anything is said about a cell, because somebody may have written it.
        if let Some(view) = view
            && !view.holds(&place_of(table, by)?, sum)
        {
            return Err(view.state.found_damaged(table.name));
        }
        all.into_iter().collect()
    }

    /// The one row of a group, or none.
    pub(in crate::vault::store) fn row<T>(
        &self,
        table: &'static ControlTable,
        by: &[Cell<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut all = self.rows(table, by, read)?;
        match all.len() {
            0 | 1 => Ok(all.pop()),
            _ => Err(StoreError::inconsistent(table.name)),
        }
    }

    /// A name for what a group is, as long as nothing of it changes; none while it does.
    pub(in crate::vault::store) fn steady(
        &self,
        table: &'static ControlTable,
        by: &[Cell<'_>],
    ) -> Result<Option<[u8; 32]>, StoreError> {
        let Some(view) = self.view() else {
            return Ok(None);
        };
        Ok(view.steady(&place_of(table, by)?))
    }

    /// Compares all control rows with the control state. A difference is noted as damage.
    pub(in crate::vault::store) fn verify_control(&self) -> Result<(), StoreError> {
        for table in CONTROL {
            self.rows(table, &[], |_| Ok(()))?;
        }
        Ok(())
    }

    /// The sum of each table's rows.
    pub(crate) fn control_sums(&self) -> Result<Vec<(&'static str, [u8; 32])>, StoreError> {
        let Some(view) = self.view() else {
            return Ok(Vec::new());
        };
        let sum = |table: &&'static ControlTable| {
            let sum = view.now(&place_of(table, &[])?);
            Ok((table.name, sum.bytes()))
        };
        CONTROL.iter().map(sum).collect()
    }

    /// Whether the transaction under way changed a control row.
    pub(crate) fn changed_control(&self) -> bool {
        self.view().is_some_and(|view| view.mark() > 0)
    }
}

impl Transaction {
    /// Adds a row. Its primary key must be new.
    pub(in crate::vault::store) fn insert(
        &self,
        table: &'static ControlTable,
        cells: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        let names: Vec<&str> = cells.iter().map(|(name, _)| *name).collect();
        let places: Vec<String> = (1..=cells.len()).map(|no| format!("?{no}")).collect();
        let name = table.name;
        let sql = format!(
            "-- {name}::insert\nINSERT INTO {name} ({}) VALUES ({})",
            names.join(", "),
            places.join(", ")
        );
        let failed = at(name);
        let mut statement = self.prepare_cached(&sql).map_err(&failed)?;
        statement.execute(values(cells)).map_err(&failed)?;
        let Some(view) = self.view() else {
            return Ok(());
        };
        let number = int(self.last_insert_rowid());
        let key: Vec<Cell<'_>> = table
            .key()
            .iter()
            .map(|column| {
                let given = cells.iter().find(|(name, _)| name == column);
                given.copied().unwrap_or((*column, number))
            })
            .collect();
        if view.now(&place_of(table, &key)?) != Sum::default() {
            return Err(view.state.found_damaged(name));
        }
        let after = self.read_again(table, &key, view)?;
        view.replace(None, after);
        Ok(())
    }

    /// Sets cells of the row with this key, if it is there and its other cells `meet` these values.
    /// Answers whether it did.
    pub(in crate::vault::store) fn update(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
        meet: &[Cell<'_>],
        set: &[Cell<'_>],
    ) -> Result<bool, StoreError> {
        let before = self.known(table, key)?;
        let mut no = 0;
        let mut list = |cells: &[Cell<'_>], is: &str| -> Vec<String> {
            let each = cells.iter().map(|(name, _)| {
                no += 1;
                format!("{name} {is} ?{no}")
            });
            each.collect()
        };
        let (set_list, mut conditions) = (list(set, "=").join(", "), list(key, "="));
        conditions.extend(list(meet, "IS"));
        let name = table.name;
        let sql = format!(
            "-- {name}::update\nUPDATE {name} SET {set_list} WHERE {}",
            conditions.join(" AND ")
        );
        let failed = at(name);
        let mut statement = self.prepare_cached(&sql).map_err(&failed)?;
        let cells: Vec<Cell<'_>> = [set, key, meet].concat();
        let changed = statement.execute(values(&cells)).map_err(&failed)?;
        if let Some(view) = self.view()
            && changed > 0
        {
            let after = self.read_again(table, key, view)?;
            view.replace(before, after);
        }
        Ok(changed > 0)
    }

    /// Sets cells of the row with this key, which is added if it is not there.
    pub(in crate::vault::store) fn put(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
        set: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        match self.update(table, key, &[], set)? {
            true => Ok(()),
            false => self.insert(table, &[key, set].concat()),
        }
    }

    /// Removes the row with this key, if it is there and its other cells `meet` these values.
    pub(in crate::vault::store) fn delete(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
        meet: &[Cell<'_>],
    ) -> Result<bool, StoreError> {
        let before = self.known(table, key)?;
        let conditions: Vec<String> = (1..)
            .zip(key.iter().chain(meet))
            .map(|(no, (name, _))| format!("{name} IS ?{no}"))
            .collect();
        let name = table.name;
        let sql = format!(
            "-- {name}::delete\nDELETE FROM {name} WHERE {}",
            conditions.join(" AND ")
        );
        let failed = at(name);
        let mut statement = self.prepare_cached(&sql).map_err(&failed)?;
        let cells: Vec<Cell<'_>> = [key, meet].concat();
        let changed = statement.execute(values(&cells)).map_err(&failed)?;
        if let Some(view) = self.view()
            && changed > 0
        {
            view.replace(before, None);
        }
        Ok(changed > 0)
    }

    /// The row with this key as it is, compared with the control state.
    fn known(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
    ) -> Result<Option<Known>, StoreError> {
        match self.view() {
            Some(view) => self.row(table, key, |row| view.state.row(table, row)),
            None => Ok(None),
        }
    }

    /// The row with this key after this transaction changed it.
    fn read_again(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
        view: &ControlView,
    ) -> Result<Option<Known>, StoreError> {
        let failed = at(table.name);
        let read = || {
            let mut statement = self.prepare_cached(&table.select(key)).map_err(&failed)?;
            let mut rows = statement.query(values(key)).map_err(&failed)?;
            match rows.next().map_err(&failed)? {
                Some(row) => view.state.row(table, row).map(Some),
                None => Err(tampered(table.name)),
            }
        };
        let read = read();
        if read.is_err() {
            view.lose();
        }
        read
    }
}

impl ControlTable {
    /// The columns of the primary key.
    fn key(&self) -> &'static [&'static str] {
        self.groups.first().copied().unwrap_or_default()
    }

    pub(super) fn select(&self, by: &[Cell<'_>]) -> String {
        let name = self.name;
        let mut sql = format!("-- {name}::read\nSELECT * FROM {name}");
        for (no, (column, _)) in (1..).zip(by) {
            let word = if no == 1 { "WHERE" } else { "AND" };
            sql.push_str(&format!(" {word} {column} = ?{no}"));
        }
        sql
    }
}

fn values<'a>(cells: &'a [Cell<'a>]) -> impl rusqlite::Params + 'a {
    params_from_iter(cells.iter().map(|(_, value)| ToSqlOutput::Borrowed(*value)))
}
