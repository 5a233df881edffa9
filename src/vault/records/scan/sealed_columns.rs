//! Sealed columns on their way to being opened.
//!
//! Sees ciphertext only. A scan in order asks the store for a column when it needs
//! one; a scan on many threads gets all columns of a block handed over, because the
//! one connection that has the snapshot stays with the thread that reads.

use zeroize::Zeroizing;

use super::block_place::BlockPlace;
use crate::domain::Field;
use crate::vault::columns::BlockStatistics;
use crate::vault::error::OperationError;
use crate::vault::store::block_rows::BlockReader;

/// Where the columns of a block come from. A column is opened where it lies: what was
/// ciphertext is then plaintext, so that every buffer is wiped when it goes.
pub(in crate::vault::records) trait SealedColumns {
    /// Puts the sealed column of a field into the buffer.
    fn bring(
        &mut self,
        place: &BlockPlace<'_>,
        field: Field,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), OperationError>;
}

/// Columns read from the store when they are asked for.
pub(in crate::vault::records) struct FromStore<'r>(BlockReader<'r>);

impl<'r> FromStore<'r> {
    pub(in crate::vault::records) fn new(connection: &'r rusqlite::Connection) -> Self {
        Self(BlockReader::new(connection))
    }
}

impl SealedColumns for FromStore<'_> {
    fn bring(
        &mut self,
        place: &BlockPlace<'_>,
        field: Field,
        into: &mut Zeroizing<Vec<u8>>,
    ) -> Result<(), OperationError> {
        let number = place.exhibit.number;
        match self.0.read(number, field, place.no, into)? {
            true => Ok(()),
            false => Err(place.damaged(field)),
        }
    }
}

/// A block with all columns that a scan may want, read and still sealed.
pub(in crate::vault::records) struct SealedBlock<'r> {
    /// Its turn among the blocks of the scan.
    pub(in crate::vault::records) turn: usize,
    pub(in crate::vault::records) place: BlockPlace<'r>,
    pub(in crate::vault::records) statistics: Option<BlockStatistics>,
    pub(in crate::vault::records) columns: HandedOver,
}

/// Columns by field. The buffers go round: they come back when the block is done.
#[derive(Default)]
pub(in crate::vault::records) struct HandedOver {
    columns: Vec<(Field, Zeroizing<Vec<u8>>)>,
    /// How many of them are of this block.
    used: usize,
}

impl HandedOver {
    /// For another block.
    pub(in crate::vault::records) fn clear(&mut self) {
        self.used = 0;
    }

    /// A buffer for one more column; none if it is there already.
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
    /// The buffer given takes the place of the column, to be filled with a later one.
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
}
