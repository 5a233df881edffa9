//! How the database file is opened, with the same hardening everywhere.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::error::at;
use crate::vault::store::error::{StoreError, StoreFault};

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

/// A connection that can only read, and that leaves the file and its log as they are. SQLite would merge the log into
/// the file when the last connection that could write closes.
pub(super) fn looker(path: &Path) -> Result<Connection, StoreError> {
    let connection = reader(path)?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .map_err(at("connection::looker"))?;
    Ok(connection)
}

/// A connection that can only read, for a process outside the vault, in a transaction that has begun to read. On a
/// medium that cannot be written, SQLite cannot make the file it wants beside the database.
pub(super) fn onlooker(path: &Path) -> Result<Connection, StoreError> {
    let begun = begin_to_read(open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?);
    match begun {
        Err(error)
            if matches!(error.fault, StoreFault::CannotOpen | StoreFault::Other)
                && !is_writable(path) =>
        {
            match is_merged(path) {
                true => at_rest(path),
                false => Err(StoreError {
                    fault: StoreFault::Unmerged,
                    ..error
                }),
            }
        }
        begun => begun,
    }
}

fn begin_to_read(connection: Connection) -> Result<Connection, StoreError> {
    connection
        .execute_batch("BEGIN")
        .map_err(at("connection::begin_to_read"))?;
    schema_version(&connection)?;
    Ok(connection)
}

/// Whether this process may make files in the folder of the database.
fn is_writable(path: &Path) -> bool {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// A connection that can only read a file which nobody changes meanwhile: a copy, or a vault on a medium that cannot be
/// written, in a transaction that has begun to read. It takes no lock, makes no file beside it, and does not read
/// `-wal`.
pub(super) fn at_rest(path: &Path) -> Result<Connection, StoreError> {
    const PATH: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_');
    // A relative path must not look like the name of a host.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let encoded = percent_encode(path.as_os_str().as_bytes(), PATH);
    begin_to_read(open(
        &PathBuf::from(format!("file:{encoded}?immutable=1")),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
    )?)
}

/// Whether the database file has all that was committed: there is no write-ahead log, or it is empty.
fn is_merged(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(log).map_or(true, |log| log.len() == 0)
}

/// A connection to an empty file, which gets a copy of a whole database. The caller makes the file durable.
pub(super) fn destination(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let failed = at("connection::destination");
    connection
        .pragma_update(None, "journal_mode", "MEMORY")
        .map_err(&failed)?;
    connection
        .pragma_update(None, "synchronous", "OFF")
        .map_err(&failed)?;
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
