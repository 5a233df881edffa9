//! SQLite's errors. Only their codes are kept, because their texts may quote a statement.

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHORT_READ;

use crate::vault::store::error::{StoreError, StoreFault};

/// Converts SQLite's error into ours.
pub(super) fn at(at: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| {
        let fault = match &error {
            // The file is shorter than what SQLite wrote.
            rusqlite::Error::SqliteFailure(failure, _)
                if failure.extended_code == SQLITE_IOERR_SHORT_READ =>
            {
                StoreFault::Damaged
            }
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => StoreFault::DiskFull,
                ErrorCode::SystemIoFailure => StoreFault::Disk,
                ErrorCode::CannotOpen => StoreFault::CannotOpen,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreFault::Damaged,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreFault::Busy,
                ErrorCode::ConstraintViolation => StoreFault::Constraint,
                _ => StoreFault::Other,
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => StoreFault::Inconsistent,
            _ => StoreFault::Other,
        };
        StoreError { at, fault }
    }
}
