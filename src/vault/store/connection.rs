//! How the database file is opened, with the same hardening everywhere.

use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::{StoreError, at};

const PAGE_BYTES: u32 = 8192;
const BUSY: Duration = Duration::from_secs(10);

/// The one connection that writes; the ledger holds it.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    let failed = at("connection::writer");
    connection
        .pragma_update(None, "page_size", PAGE_BYTES)
        .map_err(&failed)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "secure_delete", "ON")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "foreign_keys", "ON")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "wal_autocheckpoint", 4096)
        .map_err(&failed)?;
    Ok(connection)
}

/// A connection that can only read.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .pragma_update(None, "query_only", "ON")
        .map_err(at("connection::reader"))?;
    Ok(connection)
}

/// A connection for a process outside the vault, which may read while the vault is served. It never
/// writes, and its single snapshot has begun.
pub(crate) fn onlooker(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection
        .execute_batch("BEGIN")
        .map_err(at("connection::onlooker"))?;
    Ok(connection)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that opens the database"
)]
fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let failed = at("connection::open");
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(&failed)?;
    connection.busy_timeout(BUSY).map_err(&failed)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
        .map_err(&failed)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)
        .map_err(&failed)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)
        .map_err(&failed)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)
        .map_err(&failed)?;
    // The plan of a statement does not depend on the bound values; otherwise cached statements
    // would be prepared again for every use.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(&failed)?;
    connection
        .pragma_update(None, "temp_store", "MEMORY")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "cache_size", -16_384)
        .map_err(&failed)?;
    connection
        .set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)
        .map_err(&failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// A fixed number of readers; if none is free, the caller waits.
pub(crate) struct Readers {
    idle: Mutex<Vec<Connection>>,
    back: Condvar,
}

/// A borrowed reader. On drop its snapshot ends and it is returned.
pub(crate) struct Reader<'p> {
    pool: &'p Readers,
    connection: Option<Connection>,
}

impl Readers {
    pub(crate) fn open(path: &Path, count: usize) -> Result<Self, StoreError> {
        let idle = (0..count).map(|_| reader(path)).collect::<Result<_, _>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            back: Condvar::new(),
        })
    }

    /// Borrows a reader and begins a snapshot on it.
    pub(crate) fn snapshot(&self) -> Result<Reader<'_>, StoreError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            match idle.pop() {
                Some(connection) => break connection,
                None => idle = self.back.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(idle);
        let reader = Reader {
            pool: self,
            connection: Some(connection),
        };
        reader
            .connection()?
            .prepare_cached("BEGIN")
            .and_then(|mut begin| begin.execute([]))
            .map_err(at("connection::snapshot"))?;
        Ok(reader)
    }
}

impl Reader<'_> {
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or(StoreError::inconsistent("connection::reader"))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // A reader whose snapshot cannot be ended is closed, because it would keep the snapshot
            // forever.
            let ended = connection.is_autocommit()
                || connection
                    .prepare_cached("ROLLBACK")
                    .and_then(|mut end| end.execute([]))
                    .is_ok();
            if ended {
                self.pool
                    .idle
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(connection);
                self.pool.back.notify_one();
            }
        }
    }
}
