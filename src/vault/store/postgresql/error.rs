//! The server's errors. Only their codes are kept, because their texts quote values.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::scram_only::AsksOpenly;
use crate::vault::store::error::{StoreError, StoreFault};

/// Converts the library's error into ours.
pub(super) fn at(at: &'static str) -> impl Fn(Error) -> StoreError {
    move |error| StoreError {
        at,
        fault: fault(&error),
    }
}

fn fault(error: &Error) -> StoreFault {
    let Some(code) = error.code() else {
        return of_connection(error);
    };
    match code {
        &SqlState::DISK_FULL | &SqlState::OUT_OF_MEMORY => StoreFault::DiskFull,
        &SqlState::IO_ERROR => StoreFault::Disk,
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => StoreFault::Damaged,
        &SqlState::LOCK_NOT_AVAILABLE
        | &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::QUERY_CANCELED => StoreFault::Busy,
        &SqlState::INVALID_PASSWORD
        | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | &SqlState::INSUFFICIENT_PRIVILEGE => StoreFault::Unauthorised,
        &SqlState::INVALID_CATALOG_NAME => StoreFault::NoDatabase,
        &SqlState::READ_ONLY_SQL_TRANSACTION => StoreFault::ReadOnly,
        &SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN => StoreFault::SchemaAltered,
        code => match code.code().get(..2) {
            // The server stops, or its connection is at an end.
            Some("57" | "08") => StoreFault::Unreachable,
            Some("53") => StoreFault::Busy,
            Some("23") => StoreFault::Constraint,
            Some("22") => StoreFault::Inconsistent,
            _ => StoreFault::Other,
        },
    }
}

/// What an error says that the server did not send.
fn of_connection(error: &Error) -> StoreFault {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.is::<rustls::Error>() {
            return StoreFault::Untrusted;
        }
        let own = one.downcast_ref::<io::Error>();
        let inner = own.and_then(io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return StoreFault::Untrusted;
        }
        if inner.is_some_and(|inner| inner.is::<AsksOpenly>()) {
            return StoreFault::AsksOpenly;
        }
        cause = one.source();
    }
    // The library has no kinds of errors that can be asked for; these two texts are of it, and have no values.
    match error.to_string().as_str() {
        "error performing TLS handshake" => StoreFault::Untrusted,
        "authentication error" => StoreFault::Unauthorised,
        text if text.starts_with("error serializing")
            || text.starts_with("error deserializing") =>
        {
            StoreFault::Inconsistent
        }
        _ => StoreFault::Unreachable,
    }
}
