//! Large values, read straight from the file's pages and written over them, without a copy by SQLite.

use rusqlite::blob::Blob;
use rusqlite::{Connection, MAIN_DB, OptionalExtension as _};
use zeroize::Zeroizing;

use super::error::at;
use super::rows::bound;
use crate::vault::store::error::StoreError;
use crate::vault::store::large::Large;
use crate::vault::store::value::ValueRef;

/// Reads the values of one table one after the other.
pub(in crate::vault::store) struct LargeReader<'c> {
    connection: &'c Connection,
    large: &'static Large,
    find: String,
    open: Option<Blob<'c>>,
}

impl<'c> LargeReader<'c> {
    pub(super) fn of(connection: &'c Connection, large: &'static Large) -> Self {
        Self {
            connection,
            large,
            find: find(large),
            open: None,
        }
    }

    /// Replaces the content of the buffer; false if there is no such value.
    pub(in crate::vault::store) fn read(
        &mut self,
        key: &[ValueRef<'_>],
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let failed = at(self.large.at);
        let Some(row) = row_of(self.connection, self.large, &self.find, key)? else {
            return Ok(false);
        };
        let blob = match self.open.take() {
            Some(mut blob) => {
                blob.reopen(row).map_err(&failed)?;
                self.open.insert(blob)
            }
            None => {
                let table = self.large.table;
                let blob = self
                    .connection
                    .blob_open(MAIN_DB, table, "sealed", row, true);
                self.open.insert(blob.map_err(&failed)?)
            }
        };
        let length = blob.len();
        if into.capacity() < length {
            // A new buffer, because growing the old one would leave a copy of its content.
            *into = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
        }
        into.resize(length, 0);
        blob.read_at_exact(into, 0).map_err(&failed)?;
        Ok(true)
    }
}

/// Writes a value of the same length over one that is there, in the pages where it is; says whether it is as long, and
/// writes nothing if not. To replace it would free all its pages, overwrite them with zeros, and write as many others.
pub(super) fn overwrite(
    connection: &Connection,
    large: &Large,
    key: &[ValueRef<'_>],
    sealed: &[u8],
) -> Result<bool, StoreError> {
    let failed = at("blob::overwrite");
    let row = row_of(connection, large, &find(large), key)?;
    let row = row.ok_or(StoreError::inconsistent("blob::overwrite"))?;
    let opened = connection.blob_open(MAIN_DB, large.table, "sealed", row, false);
    let mut blob = opened.map_err(&failed)?;
    let as_long = blob.len() == sealed.len();
    if as_long {
        blob.write_all_at(sealed, 0).map_err(&failed)?;
    }
    Ok(as_long)
}

/// The statement that finds the row of a value.
fn find(large: &Large) -> String {
    let conditions: Vec<String> = (1..)
        .zip(large.key)
        .map(|(no, column)| format!("{column} = ?{no}"))
        .collect();
    format!(
        "-- {}\nSELECT rowid FROM {} WHERE {}",
        large.at,
        large.table,
        conditions.join(" AND ")
    )
}

fn row_of(
    connection: &Connection,
    large: &Large,
    find: &str,
    key: &[ValueRef<'_>],
) -> Result<Option<i64>, StoreError> {
    let failed = at(large.at);
    let mut statement = connection.prepare_cached(find).map_err(&failed)?;
    let found = statement.query_row(bound(key), |row| row.get(0));
    found.optional().map_err(&failed)
}
