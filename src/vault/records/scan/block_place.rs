//! Positions of blocks and records in the exhibits of a case.

use crate::domain::Field;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::error::OperationError;
use crate::vault::store::exhibit_rows::ExhibitRow;

#[derive(Clone, Copy)]
pub(in crate::vault::records) struct BlockPlace<'r> {
    pub(in crate::vault::records) exhibit: &'r ExhibitRow,
    /// The position of the exhibit in the list of those that count.
    pub(in crate::vault::records) position: usize,
    pub(in crate::vault::records) no: u32,
    pub(in crate::vault::records) rows: usize,
}

/// A block: the position of its exhibit, and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vault::records) struct BlockAt {
    pub(in crate::vault::records) exhibit: usize,
    pub(in crate::vault::records) no: u64,
}

/// A record: the position of its exhibit, and its row there, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vault::records) struct RecordAt {
    pub(in crate::vault::records) exhibit: usize,
    pub(in crate::vault::records) row: u64,
}

impl RecordAt {
    pub(in crate::vault::records) fn block(self) -> BlockAt {
        BlockAt {
            exhibit: self.exhibit,
            no: self.row / BLOCK_ROWS as u64,
        }
    }
}

impl BlockPlace<'_> {
    pub(in crate::vault::records) fn at(&self) -> BlockAt {
        BlockAt {
            exhibit: self.position,
            no: u64::from(self.no),
        }
    }

    /// The position of a row of this block.
    pub(in crate::vault::records) fn record(&self, row: usize) -> RecordAt {
        RecordAt {
            exhibit: self.position,
            row: u64::from(self.no) * BLOCK_ROWS as u64 + row as u64,
        }
    }

    /// The error for a column that is missing or does not open. It names the place only.
    pub(in crate::vault::records) fn damaged(&self, field: Field) -> OperationError {
        OperationError::Damaged {
            place: format!(
                "exhibit {}, field {}, block {}",
                self.exhibit.id,
                field.label(),
                self.no
            ),
        }
    }

    pub(in crate::vault::records) fn damaged_statistics(&self) -> OperationError {
        OperationError::Damaged {
            place: format!("exhibit {}, statistics, block {}", self.exhibit.id, self.no),
        }
    }
}
