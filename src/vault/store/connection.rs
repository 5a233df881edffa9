//! How the database file is opened, with the same hardening everywhere.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::{StoreError, at};

const PAGE_BYTES: u32 = 8192;
const BUSY: Duration = Duration::from_secs(10);
const SHORTLY: Duration = Duration::from_millis(200);

/// The connection that writes.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
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
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .pragma_update(None, "query_only", "ON")
        .map_err(at("connection::reader"))?;
    Ok(connection)
}

/// A connection that can only read, for a process outside the vault.
pub(super) fn onlooker(path: &Path) -> Result<Connection, StoreError> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
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
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        // The vault makes none, so whatever is there is somebody else's.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        // The plan of a statement does not depend on the bound values; otherwise cached statements
        // would be prepared again for every use.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
    ] {
        connection.set_db_config(config, on).map_err(&failed)?;
    }
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

/// The number of the database's content as this connection sees it. It changes when another
/// connection commits. What is written past the database is not seen by it.
pub(super) fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .prepare_cached("PRAGMA data_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(at("connection::data_version"))
}

/// Writes all of the write-ahead log into the database and cuts it to nothing. False if a reader is in the way; it
/// waits for one only shortly, because nothing is written meanwhile.
pub(super) fn empty_log(connection: &Connection) -> Result<bool, StoreError> {
    let failed = at("connection::empty_log");
    connection.busy_timeout(SHORTLY).map_err(&failed)?;
    let busy: rusqlite::Result<i64> =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(BUSY).map_err(&failed)?;
    Ok(busy.map_err(&failed)? == 0)
}

/// A database of its own in memory.
pub(super) fn in_memory() -> Result<Connection, StoreError> {
    Connection::open_in_memory().map_err(at("connection::in_memory"))
}

/// The number of the schema in the file, as this connection's snapshot has it. A connection that finds another one than
/// it knows reads the schema again.
pub(super) fn schema_version(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .prepare_cached("PRAGMA schema_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(at("connection::schema_version"))
}
