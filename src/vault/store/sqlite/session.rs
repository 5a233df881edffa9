//! One connection to the file, as the store uses it.

use std::path::Path;

use rusqlite::Connection;

use super::connection;
use super::error::at;
use super::large::{self, LargeReader};
use super::migrations;
use super::rows::{Rows, bound};
use crate::domain::Moment;
use crate::vault::store::error::{StoreError, StoreFault};
use crate::vault::store::large::Large;
use crate::vault::store::schema::SchemaFault;
use crate::vault::store::value::ValueRef;

/// One connection.
pub(in crate::vault::store) struct Session(Connection);

impl Session {
    #[cfg(test)]
    pub(super) fn of(connection: Connection) -> Self {
        Self(connection)
    }

    /// The connection that writes.
    pub(in crate::vault::store) fn writer(path: &Path) -> Result<Self, StoreError> {
        connection::writer(path).map(Self)
    }

    /// One that can only read.
    pub(in crate::vault::store) fn reader(path: &Path) -> Result<Self, StoreError> {
        connection::reader(path).map(Self)
    }

    /// One that can only read, and that leaves the file and its log as they are.
    pub(in crate::vault::store) fn looker(path: &Path) -> Result<Self, StoreError> {
        connection::looker(path).map(Self)
    }

    /// One that can only read, for a process outside the vault, in a transaction that has begun to read.
    pub(in crate::vault::store) fn onlooker(path: &Path) -> Result<Self, StoreError> {
        connection::onlooker(path).map(Self)
    }

    /// The same for a file that nobody changes meanwhile.
    pub(in crate::vault::store) fn at_rest(path: &Path) -> Result<Self, StoreError> {
        connection::at_rest(path).map(Self)
    }

    /// Runs a statement, which is prepared once, and hands its rows to `with`.
    pub(in crate::vault::store) fn query<T>(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
        with: impl FnOnce(Rows<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(at(name))?;
        with(Rows(statement.query(bound(values)).map_err(at(name))?))
    }

    /// Runs a statement that returns no rows and that is prepared once; answers how many rows it changed.
    pub(in crate::vault::store) fn execute(
        &self,
        name: &'static str,
        sql: &str,
        values: &[ValueRef<'_>],
    ) -> Result<usize, StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(at(name))?;
        statement.execute(bound(values)).map_err(at(name))
    }

    /// Begins a snapshot with the first statement that follows.
    pub(in crate::vault::store) fn begin_to_read(&self) -> Result<(), StoreError> {
        self.execute("snapshot::begin", "BEGIN", &[]).map(drop)
    }

    /// Begins a transaction and takes the lock for writing.
    pub(in crate::vault::store) fn begin_to_write(&self) -> Result<(), StoreError> {
        self.execute("transaction::begin", "BEGIN IMMEDIATE", &[])
            .map(drop)
    }

    pub(in crate::vault::store) fn commit(&self) -> Result<(), StoreError> {
        self.execute("transaction::commit", "COMMIT", &[]).map(drop)
    }

    pub(in crate::vault::store) fn roll_back(&self) -> Result<(), StoreError> {
        self.execute("transaction::roll_back", "ROLLBACK", &[])
            .map(drop)
    }

    /// Whether no transaction is under way.
    pub(in crate::vault::store) fn is_idle(&self) -> bool {
        self.0.is_autocommit()
    }

    /// Reads large values of a table one after the other.
    pub(in crate::vault::store) fn large_reader(&self, large: &'static Large) -> LargeReader<'_> {
        LargeReader::of(&self.0, large)
    }

    /// Writes a value of the same length over one that is there; says whether it is as long, and writes nothing if not.
    pub(in crate::vault::store) fn overwrite(
        &self,
        large: &Large,
        key: &[ValueRef<'_>],
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        large::overwrite(&self.0, large, key, sealed)
    }

    /// Whether the indexes of a table have its rows, all of them and no others, in their order.
    pub(in crate::vault::store) fn indexes_agree(
        &self,
        name: &'static str,
        table: &str,
    ) -> Result<bool, StoreError> {
        let sql = format!("-- {name}\nPRAGMA integrity_check('{table}')");
        self.says_ok(name, &sql)
    }

    /// Whether every page is where the structure of the file says, and every index has its rows.
    pub(in crate::vault::store) fn check_pages(&self) -> Result<(), StoreError> {
        let at = "snapshot::check_pages";
        match self.says_ok(at, "PRAGMA integrity_check(1)")? {
            true => Ok(()),
            false => Err(StoreError {
                at,
                fault: StoreFault::Damaged,
            }),
        }
    }

    fn says_ok(&self, name: &'static str, sql: &str) -> Result<bool, StoreError> {
        let found: rusqlite::Result<String> = self.0.query_row(sql, [], |row| row.get(0));
        Ok(found.map_err(at(name))? == "ok")
    }

    /// A number for the database's content, which changes when another connection commits. What is written past the
    /// database is not seen by it.
    pub(in crate::vault::store) fn content_number(&self) -> Result<i64, StoreError> {
        connection::data_version(&self.0)
    }

    /// A number for the schema, as this connection's snapshot has it.
    pub(in crate::vault::store) fn schema_number(&self) -> Result<i64, StoreError> {
        connection::schema_version(&self.0)
    }

    /// Compares the schema with the program's newest.
    pub(in crate::vault::store) fn check_schema(&self) -> Result<(), SchemaFault> {
        migrations::check_all(&self.0)
    }

    /// Compares the schema with the program's, and applies the steps that are missing.
    pub(in crate::vault::store) fn migrate(&self, now: Moment) -> Result<(), SchemaFault> {
        migrations::apply(&self.0, now)
    }

    /// Whether the database has no table at all, so that it is no vault's.
    pub(in crate::vault::store) fn is_empty(&self) -> Result<bool, SchemaFault> {
        Ok(migrations::check(&self.0)? == 0)
    }

    /// Writes all of the write-ahead log into the database and cuts it to nothing; false if a reader is in the way.
    pub(in crate::vault::store) fn empty_log(&self) -> Result<bool, StoreError> {
        connection::empty_log(&self.0)
    }

    /// For tests that look at rows or damage them.
    #[cfg(test)]
    pub(in crate::vault) fn raw(&self) -> &Connection {
        &self.0
    }
}
