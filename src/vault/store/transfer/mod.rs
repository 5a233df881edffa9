//! All rows of a database in another one, whichever engine either is: copied, compared, removed again.
//!
//! Rows go as they are. What is sealed stays sealed, so no key is needed. The source is one snapshot. The target is
//! written in batches, each a transaction, so a process that is killed leaves whole batches, and the next one goes on
//! behind them. The row of the log's head is no part of it ([`head`]): nobody takes a database without one for a
//! vault's.

mod clear;
mod compare;
pub(crate) mod head;
mod page;
mod put;
mod tables;

pub(crate) use clear::clear;
pub(crate) use compare::compare;
pub(crate) use put::{copy, copy_head};

use self::tables::all;
use super::error::StoreError;
use super::snapshot::Snapshot;

/// How many rows there are.
pub(crate) fn count(of: &Snapshot) -> Result<u64, StoreError> {
    let mut rows = 0;
    for table in all() {
        rows += page::count(of, &table)?;
    }
    Ok(rows)
}

/// Whether anybody has written a row, so that these tables are somebody's.
pub(crate) fn has_rows(of: &Snapshot) -> Result<bool, StoreError> {
    for table in all().chain([tables::HEAD]) {
        if page::count(of, &table)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
