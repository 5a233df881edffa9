//! Table `seen`: for each block of records, short prints of its messages, sealed.

use zeroize::Zeroizing;

use super::blob_reader::BlobReader;
use super::error::StoreError;
use super::exhibit_rows::ExhibitNumber;
use super::large::Large;
use super::sealed_parts::{SealedParts, Statement};
use super::snapshot::Snapshot;
use super::value::values;

pub(crate) const TABLE: SealedParts = SealedParts {
    insert: Statement {
        at: "seen::insert",
        sql: "-- seen::insert
              INSERT INTO seen (exhibit, no, sealed) VALUES (?1, ?2, ?3)",
    },
    replace: Statement {
        at: "seen::replace",
        sql: "-- seen::replace
              UPDATE seen SET sealed = ?3 WHERE exhibit = ?1 AND no = ?2",
    },
    find: Statement {
        at: "seen::find",
        sql: "-- seen::find
              SELECT sealed FROM seen WHERE exhibit = ?1 AND no = ?2",
    },
    for_each: Statement {
        at: "seen::for_each",
        sql: "-- seen::for_each
              SELECT no, sealed FROM seen WHERE exhibit = ?1 ORDER BY no",
    },
};

static SEEN: Large = Large {
    at: "seen::reader",
    table: "seen",
    key: &["exhibit", "no"],
};

/// Reads parts one after the other.
pub(crate) struct SeenReader<'c>(BlobReader<'c>);

impl<'c> SeenReader<'c> {
    pub(crate) fn new(connection: &'c Snapshot) -> Self {
        Self(BlobReader::of(connection, &SEEN))
    }

    /// Replaces the content of the buffer; false if there is no such part.
    pub(crate) fn read(
        &mut self,
        exhibit: ExhibitNumber,
        no: u32,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        self.0.read(values![exhibit.0, no], into)
    }
}
