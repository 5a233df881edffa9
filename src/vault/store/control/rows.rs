//! Reading and writing control rows: the only statements that name their tables.
//!
//! A read names the columns it reads by, and gets all rows of that group or an error. A write names the row's primary
//! key and the cells it sets. The sums follow what the program meant to write: the row before, which was compared with
//! them, and those cells. What the database then has must be that row; it is never taken for what should be there.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::encode::{Cell, Place, cells_of, encode_row, place_of, places_in};
use super::row::ControlRow;
use super::state::{ControlState, Elements, Group, Kept, tampered};
use super::sum::Sum;
use super::tables::{CASES, CONTROL, ControlTable, ERASURE, EXHIBIT};
use crate::vault::store::error::StoreError;
use crate::vault::store::snapshot::Snapshot;
use crate::vault::store::transaction::Transaction;
use crate::vault::store::value::{Value, ValueRef};

impl ControlState {
    /// Reads all control rows.
    pub(crate) fn load(connection: &Snapshot, elements: Elements) -> Result<Self, StoreError> {
        let state = Self::empty(elements);
        state.learn(connection)?;
        Ok(state)
    }

    /// Takes the rows of the file for true.
    fn learn(&self, connection: &Snapshot) -> Result<(), StoreError> {
        let sums = sums_of(connection, &self.elements())?.into_iter();
        self.become_known(sums.map(|(place, sum)| (place, Group::of(sum))).collect());
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
        for table in CONTROL {
            self.rows(table, &[], |_| Ok(()))?;
        }
        self.verify_indexes()
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

/// What the control rows are that another process wrote: not taken for true yet.
pub(crate) struct ReadControl {
    elements: Elements,
    sums: HashMap<Place, Sum>,
}

impl ReadControl {
    /// Reads all of them.
    pub(crate) fn read(connection: &Transaction, elements: Elements) -> Result<Self, StoreError> {
        let sums = sums_of(connection, &elements)?;
        Ok(Self { elements, sums })
    }

    /// The sum of each table's rows.
    pub(crate) fn table_sums(&self) -> Result<Vec<(&'static str, [u8; 32])>, StoreError> {
        let sum = |table: &&'static ControlTable| {
            let sum = self.sums.get(&place_of(table, table.group(&[])?, &[]));
            Ok((table.name, sum.copied().unwrap_or_default().bytes()))
        };
        CONTROL.iter().map(sum).collect()
    }

    /// Whether cases, exhibits or erasures are others than those that are known. What a machine keeps beside the tables
    /// follows from these.
    pub(crate) fn changes_what_is_kept(&self, known: &ControlState) -> Result<bool, StoreError> {
        // Sums of another key say nothing.
        if self.elements.key != known.elements().key {
            return Ok(true);
        }
        for table in [&CASES, &EXHIBIT, &ERASURE] {
            let place = place_of(table, table.group(&[])?, &[]);
            let sum = self.sums.get(&place).copied().unwrap_or_default();
            if known.now(&place) != sum {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes them for true.
    pub(crate) fn adopt(self, state: &ControlState) {
        state.adopt(self.sums, self.elements);
    }
}

/// The sums of all groups, as the rows are.
fn sums_of(connection: &Snapshot, elements: &Elements) -> Result<HashMap<Place, Sum>, StoreError> {
    let mut sums: HashMap<Place, Sum> = HashMap::new();
    for table in CONTROL {
        let sql = table.select(table.group(&[])?)?;
        connection.each(table.name, sql, &[], |row| {
            let cells = cells_of(table, row)?;
            let sum = elements.of(table, &cells);
            for place in places_in(table, &cells) {
                sums.entry(place).or_default().add(sum);
            }
            Ok(())
        })?;
    }
    Ok(sums)
}

impl Snapshot {
    /// The number of the key that makes the elements.
    pub(crate) fn control_key(&self) -> Option<u32> {
        self.view().map(|view| view.elements().key)
    }
}

impl Transaction {
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
            view.replace(None, Some(view.row(table, &row)));
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
        let mut no = 0;
        let mut list = |cells: &[Cell<'_>], between: &str| -> String {
            let each = cells.iter().map(|(name, _)| {
                no += 1;
                format!("{name} = ?{no}")
            });
            each.collect::<Vec<_>>().join(between)
        };
        let (set_list, condition) = (list(set, ", "), list(key, " AND "));
        let name = table.name;
        let sql = format!("-- {name}::update\nUPDATE {name} SET {set_list} WHERE {condition}");
        let values: Vec<ValueRef<'_>> = set.iter().chain(key).map(|(_, value)| *value).collect();
        let changed = self.send(name, &sql, &values)?;
        let place = place_of(table, PRIMARY, key);
        let written = self.view().map(|view| {
            let before = (view.now(&place), places_in(table, &before));
            let after = view.row(table, &after);
            let sum = after.0;
            view.replace(Some(before), Some(after));
            (view, sum)
        });
        self.confirm(table, key, Some(&after), changed)?;
        if let Some((view, sum)) = written {
            let kept = Kept::new(sum, vec![owned_cells(table, &after)?]);
            view.wrote(place, kept);
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
            view.replace(Some(before), None);
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
    use super::super::tables::META;
    use super::*;
    use crate::domain::Moment;
    use crate::vault::store::Access;
    use crate::vault::store::StoreFault;
    use crate::vault::store::error::at;
    use crate::vault::store::snapshot::{Readers, statements};
    use crate::vault::store::sqlite::{Session, allow_triggers};
    use crate::vault::store::transaction::Writer;

    /// A writer that is held to its rows, with one row in `meta`.
    fn held(folder: &TempDir) -> Writer {
        let mut writer = Writer::open(&folder.path().join("vault.db")).unwrap();
        writer.migrate(Moment::from_seconds(0)).unwrap();
        let element = |row: &[u8]| digest(&SHA256, row).as_ref().try_into().unwrap();
        let elements = Elements::new(1, element);
        let control = Arc::new(ControlState::load(&writer, elements).unwrap());
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
