//! Reads the sealed values of one table one after the other, straight from the file's pages into the
//! caller's buffer, without a copy by SQLite.

use rusqlite::blob::Blob;
use zeroize::Zeroizing;

use super::error::{StoreError, at};
use super::snapshot::Snapshot;

pub(super) struct BlobReader<'c> {
    connection: &'c Snapshot,
    table: &'static str,
    open: Option<Blob<'c>>,
}

impl<'c> BlobReader<'c> {
    pub(super) fn of(connection: &'c Snapshot, table: &'static str) -> Self {
        Self {
            connection,
            table,
            open: None,
        }
    }

    pub(super) fn connection(&self) -> &'c Snapshot {
        self.connection
    }

    /// Replaces the content of the buffer by the column `sealed` of a row.
    pub(super) fn read(
        &mut self,
        row: i64,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let failed = at("blob::read");
        let blob = match self.open.take() {
            Some(mut blob) => {
                blob.reopen(row).map_err(&failed)?;
                self.open.insert(blob)
            }
            None => {
                let blob = self.connection.blob(self.table, "sealed", row);
                self.open.insert(blob.map_err(&failed)?)
            }
        };
        let length = blob.len();
        if into.capacity() < length {
            // A new buffer, because growing the old one would leave a copy of its content.
            *into = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
        }
        into.resize(length, 0);
        blob.read_at_exact(into, 0).map_err(&failed)
    }
}
