//! Where a scan gets sealed columns from, and the users that the columns leave to the subject index.
//!
//! Of columns it sees ciphertext only. A scan in order reads a column from the store when it needs it. In a scan on
//! several threads, one thread reads all columns of a block and hands them over, because the snapshot belongs to one
//! connection, which stays with that thread.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::block_place::BlockPlace;
use crate::domain::Field;
use crate::vault::columns::BlockStatistics;
use crate::vault::error::OperationError;
use crate::vault::exhibits::kept_users::KeptUsers;
use crate::vault::keyring::CaseKeys;
use crate::vault::records::opened::CaseRecords;
use crate::vault::store::block_rows::BlockReader;
use crate::vault::store::exhibit_rows::ExhibitNumber;

/// A source of sealed columns. A column is opened in its buffer, so every buffer may hold plaintext and is wiped on
/// drop.
pub(in crate::vault::records) trait SealedColumns {
    /// Puts the sealed column of a field into the buffer.
    fn bring(
        &mut self,
        place: &BlockPlace<'_>,
        field: Field,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), OperationError>;

    /// The users in the subject index of the block's exhibit.
    fn kept_users(
        &mut self,
        keys: &CaseKeys,
        place: &BlockPlace<'_>,
    ) -> Result<Arc<KeptUsers>, OperationError>;
}

/// Reads a column from the store when it is asked for.
pub(in crate::vault::records) struct FromStore<'r> {
    records: &'r CaseRecords<'r>,
    blocks: BlockReader<'r>,
    /// The users of the exhibit that was asked for last.
    users: Option<(ExhibitNumber, Arc<KeptUsers>)>,
}

impl<'r> FromStore<'r> {
    pub(in crate::vault::records) fn new(records: &'r CaseRecords<'r>) -> Self {
        Self {
            records,
            blocks: BlockReader::new(records.connection),
            users: None,
        }
    }
}

impl SealedColumns for FromStore<'_> {
    fn bring(
        &mut self,
        place: &BlockPlace<'_>,
        field: Field,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), OperationError> {
        let (number, no) = (place.exhibit.number, place.no);
        let (connection, blocks) = (self.records.connection, &mut self.blocks);
        let found = self.records.reading(place.position, |known| match known {
            Some(known) => known.block(connection, (field, no), into),
            None => blocks.read(number, field, no, into),
        });
        match found? {
            true => Ok(()),
            false => Err(place.damaged(field)),
        }
    }

    fn kept_users(
        &mut self,
        keys: &CaseKeys,
        place: &BlockPlace<'_>,
    ) -> Result<Arc<KeptUsers>, OperationError> {
        let exhibit = place.exhibit;
        let kept = match self.users.take() {
            Some((of, kept)) if of == exhibit.number => kept,
            _ => {
                let (of, connection) = ((exhibit.number, &exhibit.id), self.records.connection);
                let load = self.records.reading(place.position, |known| {
                    Ok(KeptUsers::load(connection, keys, of, known.as_deref()))
                });
                Arc::new(load??)
            }
        };
        self.users = Some((exhibit.number, Arc::clone(&kept)));
        Ok(kept)
    }
}

/// A block with all columns that a scan may need, read and still sealed.
pub(in crate::vault::records) struct SealedBlock<'r> {
    /// Its number in the order of the scan.
    pub(in crate::vault::records) turn: usize,
    pub(in crate::vault::records) place: BlockPlace<'r>,
    pub(in crate::vault::records) statistics: Option<BlockStatistics>,
    pub(in crate::vault::records) columns: HandedOver,
}

/// The columns of one block, by field. The buffers are reused after the block is done.
#[derive(Default)]
pub(in crate::vault::records) struct HandedOver {
    columns: Vec<(Field, Zeroizing<Vec<u8>>)>,
    /// How many of the buffers belong to this block.
    used: usize,
    users: Option<Arc<KeptUsers>>,
}

impl HandedOver {
    /// Prepares for another block.
    pub(in crate::vault::records) fn clear(&mut self) {
        self.used = 0;
        self.users = None;
    }

    /// Adds the users of the block's exhibit.
    pub(in crate::vault::records) fn add_users(&mut self, users: Arc<KeptUsers>) {
        self.users = Some(users);
    }

    /// A buffer for one more column; `None` if the column is there already.
    pub(in crate::vault::records) fn buffer_for(
        &mut self,
        field: Field,
    ) -> Option<&mut Zeroizing<Vec<u8>>> {
        let here = self.columns.get(..self.used)?;
        if here.iter().any(|(other, _)| *other == field) {
            return None;
        }
        if self.columns.len() == self.used {
            self.columns.push((field, Zeroizing::default()));
        }
        let (name, buffer) = self.columns.get_mut(self.used)?;
        self.used += 1;
        *name = field;
        Some(buffer)
    }
}

impl SealedColumns for HandedOver {
    /// Swaps the buffers: the one given is kept and filled with a later column.
    fn bring(
        &mut self,
        place: &BlockPlace<'_>,
        field: Field,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), OperationError> {
        let columns = self.columns.iter_mut().take(self.used);
        let mut columns = columns.filter(|(name, _)| *name == field);
        let (_, column) = columns.next().ok_or_else(|| place.damaged(field))?;
        std::mem::swap(column, into);
        Ok(())
    }

    fn kept_users(
        &mut self,
        _: &CaseKeys,
        place: &BlockPlace<'_>,
    ) -> Result<Arc<KeptUsers>, OperationError> {
        let users = self.users.clone();
        users.ok_or_else(|| place.damaged(Field::User))
    }
}
