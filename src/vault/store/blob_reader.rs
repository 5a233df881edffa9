//! Reads the sealed values of one table one after the other, straight into the caller's buffer.

use zeroize::Zeroizing;

use super::engine;
use super::error::StoreError;
use super::large::Large;
use super::snapshot::{Snapshot, statements};
use super::value::ValueRef;

pub(super) struct BlobReader<'c> {
    at: &'static str,
    connection: &'c Snapshot,
    reader: engine::LargeReader<'c>,
}

impl<'c> BlobReader<'c> {
    pub(super) fn of(connection: &'c Snapshot, large: &'static Large) -> Self {
        Self {
            at: large.at,
            connection,
            reader: connection.session().large_reader(large),
        }
    }

    /// Replaces the content of the buffer; false if there is no such value.
    pub(super) fn read(
        &mut self,
        key: &[ValueRef<'_>],
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        self.connection.begin_if_late()?;
        statements::note(self.at);
        self.reader.read(key, into)
    }
}
