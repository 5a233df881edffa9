//! Reading and writing control rows: the only statements that name their tables.
//!
//! A read names the columns it reads by, and gets all rows of that group or an error. A write names the row's primary
//! key and the cells it sets. The sums follow what the program meant to write: the row before, which was compared with
//! them, and those cells. What the database then has must be that row; it is never taken for what should be there.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use super::encode::{Cell, Place, beginning_of_places, cells_of, encode_row, place_of, places_in};
use super::put_off::PutOff;
use super::recent::{Changed, Recent};
use super::row::ControlRow;
use super::state::{ControlState, Elements, Group, Kept, tampered};
use super::sum::Sum;
use super::tables::{CASES, CLOCK, CONTROL, ControlTable, ERASURE, EXHIBIT, META, NODE};
use crate::vault::store::error::StoreError;
use crate::vault::store::snapshot::{Snapshot, statements};
use crate::vault::store::transaction::Transaction;
use crate::vault::store::value::{Value, ValueRef};

impl ControlState {
    /// The tables of control rows, in the order in which a seal names them.
    pub(crate) fn tables() -> impl Iterator<Item = &'static str> {
        CONTROL.iter().map(|table| table.name)
    }

    /// Reads all control rows.
    pub(crate) fn load(connection: &Snapshot, elements: Elements) -> Result<Self, StoreError> {
        let state = Self::empty(elements);
        state.learn(connection)?;
        Ok(state)
    }

    /// Takes the rows of the file for true.
    fn learn(&self, connection: &Snapshot) -> Result<(), StoreError> {
        let (since, elements) = (Instant::now(), self.elements());
        let mut sums = HashMap::new();
        for table in CONTROL {
            add_table(connection, table, &elements, &mut sums)?;
        }
        let groups = sums.into_iter();
        self.become_known(groups.map(|(place, sum)| (place, Group::of(sum))).collect());
        self.note_comparison(since);
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
        mut read: impl FnMut(&ControlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let group = table.group(by)?;
        let place = place_of(table, group, by);
        let view = self.view();
        if let Some(kept) = view.and_then(|view| view.kept(&place)) {
            let rows = kept.rows.iter().map(|cells| {
                let cells: Vec<ValueRef<'_>> = cells.iter().map(ValueRef::from).collect();
                read(&ControlRow::of(table, &cells))
            });
            return rows.collect();
        }
        self.begin_if_late()?;
        let (mut all, mut sum, mut owned) = (Vec::new(), Sum::default(), Vec::new());
        let elements = view.map(|view| (view.elements(), view.elements_before()));
        // What the sum is to the eyes of a snapshot from before the elements were made anew.
        let mut sum_before = Sum::default();
        self.each(table.name, table.select(group)?, &values(by), |row| {
            let cells = cells_of(table, row)?;
            if let Some((now, before)) = &elements {
                sum.add(now.of(table, &cells));
                if let Some(before) = before {
                    sum_before.add(before.of(table, &cells));
                }
                // The whole table is read to be verified.
                if !by.is_empty() && all.len() <= MOST_ROWS {
                    owned.push(owned_cells(table, &cells)?);
                }
            }
            all.push(read(&ControlRow::of(table, &cells)));
            Ok(())
        })?;
        // Before anything is said about a cell, because somebody may have written it.
        if let Some(view) = view {
            let renewed = elements.is_some_and(|(_, before)| before.is_some());
            let holds = view.holds(&place, sum) || (renewed && view.holds(&place, sum_before));
            if !holds {
                return Err(view.state.found_damaged(table.name));
            }
            if (1..=MOST_ROWS).contains(&owned.len()) {
                let kept = Arc::new(Kept::new(sum, owned));
                view.state.keep(place, kept);
            }
        }
        all.into_iter().collect()
    }

    /// The one row of a group, or none.
    pub(in crate::vault::store) fn row<T>(
        &self,
        table: &'static ControlTable,
        by: &[Cell<'_>],
        read: impl FnMut(&ControlRow<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut all = self.rows(table, by, read)?;
        match all.len() {
            0 | 1 => Ok(all.pop()),
            _ => Err(StoreError::inconsistent(table.name)),
        }
    }

    /// Whether the vault wrote no row of a group that is there, as the control state knows without reading. Not known
    /// while the group changes, nor by an onlooker.
    pub(in crate::vault::store) fn is_surely_empty(
        &self,
        table: &'static ControlTable,
        by: &[Cell<'_>],
    ) -> Result<bool, StoreError> {
        Ok(self.steady(table, by)? == Some(Sum::default().bytes()))
    }

    /// A name for what all cases, exhibits and erasures are, on which records rest; none while one of them changes.
    pub(in crate::vault::store) fn ground(&self) -> Result<Option<[[u8; 32]; 3]>, StoreError> {
        let marks = [
            self.steady(&CASES, &[])?,
            self.steady(&EXHIBIT, &[])?,
            self.steady(&ERASURE, &[])?,
        ];
        Ok(match marks {
            [Some(cases), Some(exhibits), Some(erasures)] => Some([cases, exhibits, erasures]),
            _ => None,
        })
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
        Ok(view.steady(&place_of(table, table.group(by)?, by)))
    }

    /// Compares all control rows with the control state, and their indexes with the rows. A difference is noted as
    /// damage.
    pub(in crate::vault::store) fn verify_control(&self) -> Result<(), StoreError> {
        let since = Instant::now();
        for table in CONTROL {
            self.rows(table, &[], |_| Ok(()))?;
        }
        self.verify_indexes()?;
        if let Some(view) = self.view() {
            view.state.note_comparison(since);
        }
        Ok(())
    }

    /// Whether the indexes of the control tables have their rows, all of them and no others. An index is a copy that
    /// its reader takes for the table, and its text does not say what is in it.
    pub(crate) fn verify_indexes(&self) -> Result<(), StoreError> {
        for table in CONTROL {
            let name = table.name;
            if !self.session().indexes_agree(name, name)? {
                let found = self.view().map(|view| view.state.found_damaged(name));
                return Err(found.unwrap_or(tampered(name)));
            }
        }
        Ok(())
    }

    /// The number that the next row of a table gets whose key is a number.
    pub(in crate::vault::store) fn next_number(
        &self,
        table: &'static ControlTable,
    ) -> Result<i64, StoreError> {
        let key = table.key().first().copied().unwrap_or_default();
        // Where somebody took the last row away, the new one is not what the control state expects in its place.
        let sql = format!("-- {0}::last\nSELECT max({key}) FROM {0}", table.name);
        let last: Option<i64> = self.one(table.name, &sql, &[], |row| row.get(0))?;
        last.unwrap_or(0)
            .checked_add(1)
            .ok_or(StoreError::inconsistent(table.name))
    }

    /// The sum of each table's rows.
    pub(crate) fn control_sums(&self) -> Result<Vec<(&'static str, [u8; 32])>, StoreError> {
        let Some(view) = self.view() else {
            return Ok(Vec::new());
        };
        let sum = |table: &&'static ControlTable| {
            let sum = view.now(&place_of(table, table.group(&[])?, &[]));
            Ok((table.name, sum.bytes()))
        };
        CONTROL.iter().map(sum).collect()
    }

    /// Whether the transaction under way changed a control row.
    pub(crate) fn changed_control(&self) -> bool {
        self.view().is_some_and(|view| view.mark() > 0)
    }
}

/// What the control rows are that another process wrote, where they are not those that are known here.
pub(crate) struct ReadControl {
    elements: Elements,
    /// Of all groups that may be others.
    sums: HashMap<Place, Sum>,
    /// The tables that were read whole.
    whole: Vec<&'static ControlTable>,
    /// Rows that were read one by one.
    kept: Vec<(Place, Kept)>,
}

impl ReadControl {
    /// Reads what it takes to go from the known sums to those of a seal, in the order of [`ControlState::tables`]: rows
    /// that are said to be changed, or the table if they do not make its sum. What then makes another sum is an error.
    ///
    /// `newest` is what the seal says was changed lately, and `known` what was known of that.
    pub(crate) fn read(
        connection: &Transaction,
        state: &ControlState,
        elements: Elements,
        sealed: &[[u8; 32]],
        [newest, known]: [&Recent; 2],
    ) -> Result<Self, StoreError> {
        let has_same_key = elements.key == state.elements().key;
        let listed = newest.since(known).filter(|_| has_same_key);
        let mut read = Self {
            elements,
            sums: HashMap::new(),
            whole: Vec::new(),
            kept: Vec::new(),
        };
        for (table, sealed) in CONTROL.iter().copied().zip(sealed) {
            let sealed = Sum::of(*sealed);
            let every = place_of(table, table.group(&[])?, &[]);
            if has_same_key && state.now(&every) == sealed {
                continue;
            }
            let keys = listed.as_deref().and_then(|all| keys_in(all, table));
            if let Some(keys) = keys
                && read.read_rows(connection, state, table, &keys, sealed)?
            {
                continue;
            }
            read.sums.insert(every.clone(), Sum::default());
            add_table(connection, table, &read.elements, &mut read.sums)?;
            read.whole.push(table);
            if read.sums.get(&every) != Some(&sealed) {
                return Err(tampered(table.name));
            }
        }
        Ok(read)
    }

    /// Reads the rows with these keys. Says whether they make the sum; otherwise nothing is taken of them.
    fn read_rows(
        &mut self,
        connection: &Transaction,
        state: &ControlState,
        table: &'static ControlTable,
        keys: &[&[Value]],
        sealed: Sum,
    ) -> Result<bool, StoreError> {
        let every = place_of(table, table.group(&[])?, &[]);
        let mut found = HashMap::new();
        let values: Vec<ValueRef<'_>> = keys.iter().copied().flatten().map(Into::into).collect();
        let sql = table.select_by_keys(keys.len());
        connection.each(table.name, &sql, &values, |row| {
            // What the vault did not write makes another sum.
            let Ok(row) = owned_cells(table, &cells_of(table, row)?) else {
                return Ok(());
            };
            let cells: Vec<ValueRef<'_>> = row.iter().map(ValueRef::from).collect();
            let place = place_of(table, PRIMARY, &table.key_of(&cells)?);
            let after = (self.elements.of(table, &cells), places_in(table, &cells));
            found.insert(place, (after, row));
            Ok(())
        })?;
        let mut sums: HashMap<Place, Sum> = HashMap::new();
        let mut kept = Vec::new();
        for key in keys {
            let cells = key.iter().map(ValueRef::from);
            let cells: Vec<Cell<'_>> = table.key().iter().copied().zip(cells).collect();
            let place = place_of(table, PRIMARY, &cells);
            // The group of the key has no other row, so its element is the sum of that group.
            let before = state.now(&place);
            let (after, places) = match found.remove(&place) {
                Some(((after, places), row)) => {
                    kept.push((place, Kept::new(after, vec![row])));
                    (after, places)
                }
                None if before == Sum::default() => continue,
                None if table.has_no_groups() => (Sum::default(), vec![place, every.clone()]),
                None => return Ok(false),
            };
            for place in places {
                let now = state.now(&place);
                let sum = sums.entry(place).or_insert(now);
                sum.take(before);
                sum.add(after);
            }
        }
        if sums.get(&every) != Some(&sealed) {
            return Ok(false);
        }
        self.sums.extend(sums);
        self.kept.extend(kept);
        Ok(true)
    }

    /// Whether nodes are others than those that are known.
    pub(crate) fn changes_nodes(&self) -> bool {
        self.changes(&NODE)
    }

    /// Whether what is written down of the clock is something else.
    pub(crate) fn changes_clock(&self) -> bool {
        self.changes(&CLOCK)
    }

    /// Whether the name of the log, or its signing keys, may be others.
    pub(crate) fn changes_meta(&self) -> bool {
        self.changes(&META)
    }

    fn changes(&self, table: &'static ControlTable) -> bool {
        let beginning = beginning_of_places(table);
        self.sums.keys().any(|place| place.starts_with(&beginning))
    }

    /// Whether cases, exhibits or erasures are others than those that are known. What a machine keeps beside the tables
    /// follows from these.
    pub(crate) fn changes_what_is_kept(&self) -> bool {
        [&CASES, &EXHIBIT, &ERASURE]
            .into_iter()
            .any(|table| self.changes(table))
    }

    /// Takes them for true.
    pub(crate) fn adopt(self, state: &ControlState) {
        state.adopt(self.sums, &self.whole, self.elements);
        for (place, kept) in self.kept {
            state.keep(place, Arc::new(kept));
        }
    }
}

/// The keys of the rows of a table that are said to be changed; none if it is not said which those are.
fn keys_in<'c>(changed: &'c [Changed], table: &ControlTable) -> Option<Vec<&'c [Value]>> {
    let of_table = changed.iter().filter(|one| {
        let (Changed::Row(own, _) | Changed::Table(own)) = one;
        own.name == table.name
    });
    let keys = of_table.map(|one| match one {
        Changed::Row(_, key) => Some(key.as_slice()),
        Changed::Table(_) => None,
    });
    let keys: Vec<_> = keys.collect::<Option<_>>()?;
    Some(keys).filter(|keys| !keys.is_empty())
}

/// Adds the rows of a table, as they are, to the sums of its groups.
fn add_table(
    connection: &Snapshot,
    table: &'static ControlTable,
    elements: &Elements,
    sums: &mut HashMap<Place, Sum>,
) -> Result<(), StoreError> {
    let sql = table.select(table.group(&[])?)?;
    connection.each(table.name, sql, &[], |row| {
        let cells = cells_of(table, row)?;
        let sum = elements.of(table, &cells);
        for place in places_in(table, &cells) {
            sums.entry(place).or_default().add(sum);
        }
        Ok(())
    })
}

impl Snapshot {
    /// The number of the key that makes the elements.
    pub(crate) fn control_key(&self) -> Option<u32> {
        self.view().map(|view| view.elements().key)
    }
}

impl Transaction {
    /// What was changed lately once this transaction is committed. Where no other process reads that, only how often.
    pub(crate) fn recent(&self, before: &Recent, has_readers: bool) -> Recent {
        match self.view().filter(|view| view.mark() > 0) {
            Some(view) => before.with(view.changed().filter(|_| has_readers)),
            None => before.clone(),
        }
    }

    /// Makes the sums of all groups anew, with other elements, which hold from the commit on. The rows are compared
    /// with the sums of before at the same time.
    pub(crate) fn renew_control(&self, elements: Elements) -> Result<(), StoreError> {
        let Some(view) = self.view() else {
            return Ok(());
        };
        let before = view.elements();
        if before.key == elements.key {
            return Ok(());
        }
        let mut sums: HashMap<Place, Sum> = HashMap::new();
        for table in CONTROL {
            let every = table.group(&[])?;
            let mut sum = Sum::default();
            self.each(table.name, table.select(every)?, &[], |row| {
                let cells = cells_of(table, row)?;
                sum.add(before.of(table, &cells));
                let element = elements.of(table, &cells);
                for place in places_in(table, &cells) {
                    sums.entry(place).or_default().add(element);
                }
                Ok(())
            })?;
            if view.now(&place_of(table, every, &[])) != sum {
                return Err(view.state.found_damaged(table.name));
            }
        }
        view.renew(elements, sums);
        Ok(())
    }

    /// Adds a row of which every cell is given. Its primary key must be new.
    pub(in crate::vault::store) fn insert(
        &self,
        table: &'static ControlTable,
        cells: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        let name = table.name;
        let mut row = vec![ValueRef::Null; table.columns.len()];
        table.set(&mut row, cells)?;
        let given = |column| cells.iter().any(|(name, _)| name == column);
        if !table.columns.iter().all(given) {
            return Err(StoreError::inconsistent(name));
        }
        let places: Vec<String> = (1..=row.len()).map(|no| format!("?{no}")).collect();
        let sql = format!(
            "-- {name}::insert\nINSERT INTO {name} ({}) VALUES ({})",
            table.columns.join(", "),
            places.join(", ")
        );
        let changed = self.send(name, &sql, &row)?;
        let key = table.key_of(&row)?;
        if let Some(view) = self.view() {
            if view.now(&place_of(table, PRIMARY, &key)) != Sum::default() {
                view.lose();
                return Err(view.state.found_damaged(name));
            }
            view.replace(table, None, Some(view.row(table, &row)));
        }
        self.confirm(table, &key, Some(&row), changed)
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
        let Some(before) = before.as_deref() else {
            return Ok(false);
        };
        let before: Vec<ValueRef<'_>> = before.iter().map(ValueRef::from).collect();
        if !table.meets(&before, meet)? {
            return Ok(false);
        }
        let mut after = before.clone();
        table.set(&mut after, set)?;
        let owned = owned_cells(table, &after)?;
        // A server is asked once for a row, however often it is set.
        let is_put_off = self.is_remote() && self.view().is_some() && !self.has_ended();
        let changed = match is_put_off {
            true => None,
            false => {
                let (sql, values) = table.update(set, key);
                Some(self.send(table.name, &sql, &values)?)
            }
        };
        let place = place_of(table, PRIMARY, key);
        let written = self.view().map(|view| {
            let before = (view.now(&place), places_in(table, &before));
            let after = view.row(table, &after);
            let sum = after.0;
            view.replace(table, Some(before), Some(after));
            (view, sum)
        });
        if let Some(changed) = changed {
            self.confirm(table, key, Some(&after), changed)?;
        }
        if let Some((view, sum)) = written {
            if is_put_off {
                view.put_off(PutOff::of((place.clone(), table), owned.clone(), set));
            }
            view.wrote(place, Kept::new(sum, vec![owned]));
        }
        Ok(true)
    }

    /// Sets cells of the row with this key, which is added if it is not there. Key and cells are all that a row has.
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
        let Some(before) = before.as_deref() else {
            return Ok(false);
        };
        let before: Vec<ValueRef<'_>> = before.iter().map(ValueRef::from).collect();
        if !table.meets(&before, meet)? {
            return Ok(false);
        }
        let name = table.name;
        let conditions: Vec<String> = (1..)
            .zip(key)
            .map(|(no, (name, _))| format!("{name} = ?{no}"))
            .collect();
        let sql = format!(
            "-- {name}::delete\nDELETE FROM {name} WHERE {}",
            conditions.join(" AND ")
        );
        let changed = self.send(name, &sql, &values(key))?;
        if let Some(view) = self.view() {
            let place = place_of(table, PRIMARY, key);
            let before = (view.now(&place), places_in(table, &before));
            view.replace(table, Some(before), None);
        }
        self.confirm(table, key, None, changed)?;
        Ok(true)
    }

    /// The row with this key as it is, compared with the control state. The group of the key has no other row, so its
    /// element is the sum of that group.
    fn known(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
    ) -> Result<Option<Vec<Value>>, StoreError> {
        self.row(table, key, |row| owned_cells(table, row.cells()))
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

impl Snapshot {
    /// Fails unless one row was changed, and the row with this key is now the one that was meant, or is gone if none
    /// was. After a failure the transaction cannot be committed, unless a savepoint undoes the change. Where a server
    /// was not waited for, the end of the savepoint or the transaction fails.
    fn confirm(
        &self,
        table: &'static ControlTable,
        key: &[Cell<'_>],
        meant: Option<&[ValueRef<'_>]>,
        changed: Option<usize>,
    ) -> Result<(), StoreError> {
        let meant: Vec<Vec<u8>> = meant.iter().map(|row| encode_row(table, row)).collect();
        let sql = table.select(PRIMARY)?;
        if let (None, Some(view)) = (changed, self.view()) {
            let state = Arc::clone(&view.state);
            let check = move |rows: &[Vec<Value>]| {
                let encoded = |row: &Vec<Value>| {
                    let cells: Vec<ValueRef<'_>> = row.iter().map(ValueRef::from).collect();
                    encode_row(table, &cells)
                };
                match rows.iter().map(encoded).eq(meant) {
                    true => Ok(()),
                    false => Err(state.found_damaged(table.name)),
                }
            };
            statements::note(sql);
            let (session, key) = (self.session(), values(key));
            return session.look(table.name, sql, &key, Box::new(check));
        }
        let read = self.all(table.name, sql, &values(key), |row| {
            Ok(encode_row(table, &cells_of(table, row)?))
        });
        let is_one = changed.is_none_or(|changed| changed == 1);
        if is_one && read.as_ref() == Ok(&meant) {
            return Ok(());
        }
        let Some(view) = self.view() else {
            read?;
            return Err(tampered(table.name));
        };
        view.lose();
        read?;
        Err(view.state.found_damaged(table.name))
    }
}

impl ControlTable {
    /// The columns of the primary key.
    fn key(&self) -> &'static [&'static str] {
        self.groups.first().copied().unwrap_or_default()
    }

    /// The cells of a row's primary key.
    fn key_of<'a>(&self, row: &[ValueRef<'a>]) -> Result<Vec<Cell<'a>>, StoreError> {
        let cell = |column: &&'static str| {
            let value = row.get(self.place(column)?).copied();
            let value = value.ok_or(StoreError::inconsistent(self.name))?;
            Ok((*column, value))
        };
        self.key().iter().map(cell).collect()
    }

    /// Sets cells of a row.
    fn set<'a>(&self, row: &mut [ValueRef<'a>], cells: &[Cell<'a>]) -> Result<(), StoreError> {
        for (column, value) in cells {
            let cell = row.get_mut(self.place(column)?);
            *cell.ok_or(StoreError::inconsistent(self.name))? = *value;
        }
        Ok(())
    }

    /// Whether cells of a row have these values.
    fn meets(&self, row: &[ValueRef<'_>], cells: &[Cell<'_>]) -> Result<bool, StoreError> {
        for (column, value) in cells {
            if row.get(self.place(column)?) != Some(value) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The statement that sets cells of the row with this key, and its values.
    fn update<'a>(&self, set: &[Cell<'a>], key: &[Cell<'a>]) -> (String, Vec<ValueRef<'a>>) {
        let mut no = 0;
        let mut list = |cells: &[Cell<'_>], between: &str| -> String {
            let each = cells.iter().map(|(name, _)| {
                no += 1;
                format!("{name} = ?{no}")
            });
            each.collect::<Vec<_>>().join(between)
        };
        let (set_list, condition) = (list(set, ", "), list(key, " AND "));
        let name = self.name;
        let sql = format!("-- {name}::update\nUPDATE {name} SET {set_list} WHERE {condition}");
        (
            sql,
            set.iter().chain(key).map(|(_, value)| *value).collect(),
        )
    }

    /// The place of a column in a row.
    fn place(&self, column: &str) -> Result<usize, StoreError> {
        let place = self.columns.iter().position(|own| *own == column);
        place.ok_or(StoreError::inconsistent(self.name))
    }

    /// The number of the group with these columns.
    fn group(&self, by: &[Cell<'_>]) -> Result<usize, StoreError> {
        let columns = by.iter().map(|(name, _)| name);
        let mut groups = self.groups.iter();
        let no = groups.position(|group| group.iter().eq(columns.clone()));
        no.ok_or(StoreError::inconsistent("control::group"))
    }

    /// The statement that reads the rows of a group.
    fn select(&self, group: usize) -> Result<&'static str, StoreError> {
        let all = SELECTS.get(self.name);
        let text = all.and_then(|texts| texts.get(group));
        text.map(String::as_str)
            .ok_or(StoreError::inconsistent("control::select"))
    }

    /// The statement that reads the rows with so many primary keys.
    fn select_by_keys(&self, count: usize) -> String {
        let mut no = 0;
        let mut of_one = || {
            let each = self.key().iter().map(|column| {
                no += 1;
                format!("{column} = ?{no}")
            });
            format!("({})", each.collect::<Vec<_>>().join(" AND "))
        };
        let all: Vec<String> = (0..count).map(|_| of_one()).collect();
        let (name, columns) = (self.name, self.columns.join(", "));
        format!(
            "-- {name}::changed\nSELECT {columns} FROM {name} WHERE {}",
            all.join(" OR ")
        )
    }

    fn selects(&self) -> Vec<String> {
        let name = self.name;
        let columns = self.columns.join(", ");
        let of_group = |group: &&[&str]| {
            let mut sql = format!("-- {name}::read\nSELECT {columns} FROM {name}");
            for (no, column) in (1..).zip(group.iter()) {
                let word = if no == 1 { "WHERE" } else { "AND" };
                sql.push_str(&format!(" {word} {column} = ?{no}"));
            }
            sql
        };
        self.groups.iter().map(of_group).collect()
    }
}

/// The number of the primary key among a table's groups.
const PRIMARY: usize = 0;

/// The statements that read, by table and group: every act reads a dozen rows.
static SELECTS: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let texts = |table: &&'static ControlTable| (table.name, table.selects());
    CONTROL.iter().map(texts).collect()
});

/// A group of more rows than this is not kept.
const MOST_ROWS: usize = 8;

fn owned_cells(table: &ControlTable, cells: &[ValueRef<'_>]) -> Result<Vec<Value>, StoreError> {
    let owned: Result<_, _> = cells.iter().copied().map(Value::try_from).collect();
    owned.map_err(|_| StoreError::inconsistent(table.name))
}

fn values<'a>(cells: &[Cell<'a>]) -> Vec<ValueRef<'a>> {
    cells.iter().map(|(_, value)| *value).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ring::digest::{SHA256, digest};
    use tempfile::TempDir;

    use super::super::encode::text;
    use super::*;
    use crate::domain::{HomeRole, Moment, OperatorId};
    use crate::vault::store::Access;
    use crate::vault::store::StoreFault;
    use crate::vault::store::error::at;
    use crate::vault::store::operator_rows::{self, NewOperator};
    use crate::vault::store::snapshot::{Readers, statements};
    use crate::vault::store::sqlite::{Session, allow_triggers};
    use crate::vault::store::transaction::Writer;

    fn elements() -> Elements {
        Elements::new(1, |row: &[u8]| {
            digest(&SHA256, row).as_ref().try_into().unwrap()
        })
    }

    /// A writer that is held to its rows, with one row in `meta`.
    fn held(folder: &TempDir) -> Writer {
        let mut writer = Writer::open(&folder.path().join("vault.db")).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        let control = Arc::new(ControlState::load(&writer, elements()).unwrap());
        writer.watch(&control);
        let begun = writer.begin().unwrap();
        insert(&begun).unwrap();
        begun.commit().unwrap();
        writer
    }

    /// With thousands of cases no act may read those of everybody.
    #[test]
    fn rows_that_are_read_together_are_found_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let mut looked_at = 0;
        for table in CONTROL {
            for (no, group) in table.groups.iter().enumerate() {
                if group.is_empty() {
                    continue;
                }
                let nothing = vec![ValueRef::Null; group.len()];
                let plan = writer
                    .session()
                    .sqlite()
                    .plan(table.select(no).unwrap(), &nothing);
                let found = format!("SEARCH {} USING ", table.name);
                let by_index = plan.text.starts_with(&found) && !plan.text.contains("; ");
                assert!(by_index, "{} by {group:?}: {}", table.name, plan.text);
                looked_at += 1;
            }
        }
        assert!(looked_at > 15, "{looked_at}");
    }

    fn insert(transaction: &Transaction) -> Result<(), StoreError> {
        let next = transaction.rows(&META, &[], |_| Ok(()))?.len().to_string();
        transaction.insert(&META, &[("key", text(&next)), ("value", text("1"))])
    }

    fn update(transaction: &Transaction) -> Result<(), StoreError> {
        let key = [("key", text("0"))];
        let meet = [("value", text("1"))];
        let done = transaction.update(&META, &key, &meet, &[("value", text("2"))]);
        done.map(|done| assert!(done))
    }

    fn delete(transaction: &Transaction) -> Result<(), StoreError> {
        let done = transaction.delete(&META, &[("key", text("0"))], &[]);
        done.map(|done| assert!(done))
    }

    fn rows(transaction: &Transaction) -> Vec<(String, String)> {
        let sql = "SELECT key, value FROM meta ORDER BY key";
        let mut statement = transaction.raw().prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }

    type Act = fn(&Transaction) -> Result<(), StoreError>;

    fn value(snapshot: &Snapshot) -> Result<Option<String>, StoreError> {
        let by = [("key", text("0"))];
        snapshot.row(&META, &by, |row| {
            row.get("value").map_err(at("meta::value"))
        })
    }

    #[test]
    fn a_row_that_was_read_is_not_read_again_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        statements::take();
        let reads = || {
            let run = statements::take();
            run.iter().filter(|sql| sql.contains("::read")).count()
        };
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        assert_eq!(reads(), 1);
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        assert_eq!(reads(), 0);
        let begun = writer.begin().unwrap();
        update(&begun).unwrap();
        // The row that was meant is compared with the one that is there.
        assert_eq!(reads(), 1);
        assert_eq!(value(&begun).unwrap().unwrap(), "2");
        drop(begun);
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        let begun = writer.begin().unwrap();
        update(&begun).unwrap();
        begun.commit().unwrap();
        statements::take();
        assert_eq!(value(&writer).unwrap().unwrap(), "2");
        assert_eq!(reads(), 0);
        let begun = writer.begin().unwrap();
        delete(&begun).unwrap();
        assert_eq!(value(&begun), Ok(None));
        begun.commit().unwrap();
        assert_eq!(value(&writer), Ok(None));
    }

    fn of_key(key: u32) -> Elements {
        Elements::new(key, move |row| {
            let keyed = [&key.to_be_bytes()[..], row].concat();
            digest(&SHA256, &keyed).as_ref().try_into().unwrap()
        })
    }

    fn count(snapshot: &Snapshot) -> Result<usize, StoreError> {
        snapshot.rows(&META, &[], |_| Ok(())).map(|rows| rows.len())
    }

    #[test]
    fn sums_that_are_made_anew_hold_for_readers_of_before_and_after() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let control = Arc::clone(&writer.view().unwrap().state);
        let path = folder.path().join("vault.db");
        let readers = Readers::open(&path, 2, &control, Access::Work).unwrap();
        let before = readers.snapshot().unwrap();
        let before_sees = before.connection().unwrap();
        assert_eq!(count(before_sees), Ok(1));

        // Undone by a savepoint, and by the end of a transaction.
        let begun = writer.begin().unwrap();
        let undone: Result<(), StoreError> = begun.in_savepoint(|| {
            begun.renew_control(of_key(2))?;
            insert(&begun)?;
            Err(StoreError::inconsistent("test"))
        });
        assert!(undone.is_err() && begun.control_key() == Some(1));
        assert_eq!(count(&begun), Ok(1));
        begun.renew_control(of_key(2)).unwrap();
        assert_eq!(begun.control_key(), Some(2));
        drop(begun);
        assert_eq!(writer.control_key(), Some(1));

        // With a change before and one after it in the same transaction.
        let begun = writer.begin().unwrap();
        update(&begun).unwrap();
        begun.renew_control(of_key(2)).unwrap();
        insert(&begun).unwrap();
        assert_eq!(count(&begun), Ok(2));
        begun.commit().unwrap();
        assert_eq!(writer.control_key(), Some(2));
        assert_eq!(count(before_sees), Ok(1));
        assert_eq!(value(before_sees).unwrap().unwrap(), "1");
        let after = readers.snapshot().unwrap();
        assert_eq!(count(after.connection().unwrap()), Ok(2));
        assert_eq!(value(after.connection().unwrap()).unwrap().unwrap(), "2");
        writer.verify_control().unwrap();
        let again = ControlState::load(&writer, of_key(2)).unwrap();
        let place = place_of(&META, META.group(&[]).unwrap(), &[]);
        assert_eq!(again.now(&place), control.now(&place));

        // Those of before are forgotten with the last reader of then.
        let commit = || {
            let begun = writer.begin().unwrap();
            insert(&begun).unwrap();
            begun.commit().unwrap();
        };
        commit();
        assert!(control.elements_before().is_some());
        assert_eq!(count(before_sees), Ok(1));
        drop(before);
        drop(after);
        commit();
        assert!(control.elements_before().is_none());
        assert_eq!(control.damage(), None);
    }

    /// One of the ways to change rows: some without groups, some that move from group to group.
    fn change(no: u8, transaction: &Transaction) {
        let key = format!("k-{}", no % 7);
        let key = [("key", text(&key))];
        let operator = |no: u8| OperatorId::from_random([no; 13]);
        let now = Moment::from_seconds(0);
        match no % 5 {
            0 => transaction
                .put(&META, &key, &[("value", text(&no.to_string()))])
                .unwrap(),
            1 => drop(transaction.delete(&META, &key, &[]).unwrap()),
            2 | 3 => operator_rows::insert(
                transaction,
                &NewOperator {
                    id: &operator(no),
                    name_tag: &[no; 16],
                    home: HomeRole::Lead,
                    sealed: b"",
                    enrolment: &[no; 32],
                    enrol_by: now,
                    created_at: now,
                },
            )
            .unwrap(),
            // Its invitation is used up: it is in a group less.
            _ => operator_rows::activate(transaction, &operator(no - 1), b"").unwrap(),
        }
    }

    #[test]
    fn what_a_follower_makes_of_the_changed_rows_is_what_all_rows_make() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let other = Writer::open(&folder.path().join("vault.db")).unwrap();
        let known_rows = ControlState::load(&other, elements()).unwrap();
        let (mut newest, mut known) = (Recent::default(), Recent::default());
        let (mut no, mut by_rows) = (0, 0);
        for step in 0..60_usize {
            for _ in 0..=step % 3 {
                let begun = writer.begin().unwrap();
                for _ in 0..=step % 2 {
                    change(no, &begun);
                    no += 1;
                }
                // Undone, so it is no change.
                let undone: Result<(), StoreError> = begun.in_savepoint(|| {
                    insert(&begun)?;
                    Err(StoreError::inconsistent("test"))
                });
                undone.unwrap_err();
                newest = begun.recent(&newest, step % 10 != 9);
                begun.commit().unwrap();
            }
            let sealed: Vec<[u8; 32]> = writer
                .control_sums()
                .unwrap()
                .into_iter()
                .map(|(_, sum)| sum)
                .collect();
            let begun = other.begin().unwrap();
            // A file that somebody else wrote is compared at the beginning, as nodes do not.
            statements::take();
            let recent = [&newest, &known];
            let read = ReadControl::read(&begun, &known_rows, elements(), &sealed, recent).unwrap();
            let run = statements::take();
            let reads = |word: &str| run.iter().filter(|sql| sql.contains(word)).count();
            by_rows += reads("::changed");
            assert!(reads("::read") + reads("::changed") <= 4, "{run:?}");
            read.adopt(&known_rows);
            drop(begun);
            known = newest.clone();
            let all = ControlState::load(&other, elements()).unwrap();
            assert_eq!(known_rows.sums(), all.sums(), "{step}");
        }
        assert!(by_rows > 20, "{by_rows}");
        // A row that somebody else changed is not what makes the sealed sum, whatever was read of the table.
        for by_others in [
            "UPDATE meta SET value = 'theirs' WHERE key = '0'",
            "DELETE FROM meta",
        ] {
            let begun = writer.begin().unwrap();
            begun
                .put(&META, &[("key", text("last"))], &[("value", text("1"))])
                .unwrap();
            let after = begun.recent(&newest, true);
            let sums = begun.control_sums().unwrap().into_iter();
            let sums: Vec<[u8; 32]> = sums.map(|(_, sum)| sum).collect();
            begun.raw().execute(by_others, []).unwrap();
            let [all, listed] = [[&after, &after], [&after, &newest]].map(|recent| {
                ReadControl::read(&begun, &known_rows, elements(), &sums, recent).err()
            });
            assert_eq!(all, Some(tampered("meta")));
            // Of the rows that were not read the one is still known; a removed one that was is not.
            let is_last = by_others.starts_with("DELETE");
            assert_eq!(listed, is_last.then_some(tampered("meta")));
        }
    }

    #[test]
    fn rows_of_somebody_else_are_found_when_the_sums_are_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let begun = writer.begin().unwrap();
        let sql = "UPDATE meta SET value = 'theirs'";
        begun.raw().execute(sql, []).unwrap();
        assert_eq!(begun.renew_control(of_key(2)), Err(tampered("meta")));
        assert_eq!(begun.control_key(), Some(1));
    }

    #[test]
    fn what_a_savepoint_undid_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let begun = writer.begin().unwrap();
        let undone: Result<(), StoreError> = begun.in_savepoint(|| {
            update(&begun)?;
            Err(StoreError::inconsistent("test"))
        });
        assert_eq!(undone, Err(StoreError::inconsistent("test")));
        assert_eq!(value(&begun).unwrap().unwrap(), "1");
        begun.commit().unwrap();
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
    }

    #[test]
    fn a_kept_row_is_what_the_vault_wrote_and_the_next_commit_finds_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        drop(writer.begin().unwrap());
        let other = Session::writer(&folder.path().join("vault.db")).unwrap();
        other
            .raw()
            .execute("UPDATE meta SET value = 'theirs'", [])
            .unwrap();
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        let begun = writer.begin().unwrap();
        assert_eq!(begun.view().unwrap().state.damage(), Some("meta"));
    }

    #[test]
    fn a_row_that_was_written_past_the_database_is_found_after_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        let sql = "UPDATE meta SET value = 'theirs'";
        writer.raw().execute(sql, []).unwrap();
        assert_eq!(value(&writer).unwrap().unwrap(), "1");
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(value(&writer), Err(tampered("meta")));
    }

    /// What SQLite would do instead of what the program meant.
    const OTHERWISE: [(&str, Act); 9] = [
        (
            "AFTER INSERT ON meta BEGIN UPDATE meta SET value = 'theirs' WHERE key = NEW.key; END",
            insert,
        ),
        (
            "AFTER INSERT ON meta BEGIN DELETE FROM meta WHERE key = NEW.key; END",
            insert,
        ),
        (
            "BEFORE INSERT ON meta BEGIN SELECT RAISE(IGNORE); END",
            insert,
        ),
        (
            "AFTER UPDATE ON meta BEGIN UPDATE meta SET value = OLD.value WHERE key = OLD.key; END",
            update,
        ),
        (
            "AFTER UPDATE ON meta BEGIN DELETE FROM meta WHERE key = OLD.key; END",
            update,
        ),
        (
            "BEFORE UPDATE ON meta BEGIN SELECT RAISE(IGNORE); END",
            update,
        ),
        (
            "BEFORE DELETE ON meta BEGIN SELECT RAISE(IGNORE); END",
            delete,
        ),
        (
            "AFTER DELETE ON meta BEGIN INSERT INTO meta VALUES (OLD.key, OLD.value); END",
            delete,
        ),
        (
            "AFTER DELETE ON meta BEGIN INSERT INTO meta VALUES (OLD.key, 'theirs'); END",
            delete,
        ),
    ];

    #[test]
    fn a_trigger_in_the_file_does_not_fire() {
        for (trigger, act) in OTHERWISE {
            let folder = tempfile::tempdir().unwrap();
            let writer = held(&folder);
            let begun = writer.begin().unwrap();
            let before = rows(&begun);
            let made = format!("CREATE TRIGGER otherwise {trigger}");
            begun.raw().execute_batch(&made).unwrap();
            act(&begun).unwrap();
            let after = rows(&begun);
            assert!(before != after && !after.iter().any(|(_, value)| value == "theirs"));
            assert_eq!(begun.verify_control(), Ok(()), "{trigger}");
        }
    }

    #[test]
    fn a_row_that_is_not_what_was_meant_is_damage_and_is_never_committed() {
        for (trigger, act) in OTHERWISE {
            let folder = tempfile::tempdir().unwrap();
            let writer = held(&folder);
            let begun = writer.begin().unwrap();
            let before = rows(&begun);
            allow_triggers(begun.session().sqlite());
            let made = format!("CREATE TRIGGER otherwise {trigger}");
            begun.raw().execute_batch(&made).unwrap();
            // In a savepoint it is undone, and the rest may be committed.
            let undone = begun.in_savepoint(|| act(&begun));
            assert_eq!(undone, Err(tampered("meta")), "{trigger}");
            assert_eq!(rows(&begun), before, "{trigger}");
            assert_eq!(begun.view().unwrap().mark(), 0);
            // Outside of one it stays, also when a later savepoint is undone.
            assert_eq!(act(&begun), Err(tampered("meta")), "{trigger}");
            let later: Result<(), StoreError> =
                begun.in_savepoint(|| Err(StoreError::inconsistent("test")));
            assert_eq!(later, Err(StoreError::inconsistent("test")));
            assert_eq!(
                begun.commit(),
                Err(StoreError::inconsistent("control::lost")),
                "{trigger}"
            );
            assert_eq!(rows(writer.each_alone()), before, "{trigger}");
        }
    }

    #[test]
    fn a_row_is_added_with_all_its_cells_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let begun = writer.begin().unwrap();
        let value = ("value", text("1"));
        for cells in [
            &[("key", text("a"))][..],
            &[("key", text("a")), ("key", text("b"))],
            &[("key", text("a")), value, ("more", text("1"))],
        ] {
            let error = begun.insert(&META, cells).unwrap_err();
            assert_eq!(error.fault, StoreFault::Inconsistent);
        }
        assert_eq!(rows(&begun).len(), 1);
        assert_eq!(
            begun.update(&META, &[("key", text("none"))], &[], &[value]),
            Ok(false)
        );
        let other = [("value", text("other"))];
        let key = [("key", text("0"))];
        assert_eq!(begun.update(&META, &key, &other, &[value]), Ok(false));
        assert_eq!(begun.delete(&META, &key, &other), Ok(false));
        assert_eq!(begun.view().unwrap().mark(), 0);
    }

    #[test]
    fn a_schema_that_somebody_changes_is_found_by_the_next_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let writer = held(&folder);
        let state = Arc::clone(&writer.view().unwrap().state);
        let other = Writer::open(&folder.path().join("vault.db")).unwrap();
        drop(writer.begin().unwrap());
        assert_eq!(state.damage(), None);
        let made = "CREATE TRIGGER theirs AFTER INSERT ON session BEGIN DELETE FROM session; END";
        other.each_alone().raw().execute_batch(made).unwrap();
        drop(writer.begin().unwrap());
        assert_eq!(state.damage(), Some("session"));
    }
}
