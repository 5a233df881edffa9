//! Where a block of records stands, and the columns it has.

use crate::domain::Field;
use crate::vault::columns::BLOCK_ROWS;
use crate::vault::error::OperationError;
use crate::vault::store::exhibit_rows::ExhibitRow;

#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) exhibit: &'r ExhibitRow,
    /// Position of the exhibit among the case's.
    pub(super) position: usize,
    pub(super) no: u32,
    pub(super) rows: usize,
}

/// A block by the position of its exhibit and its own in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BlockAt {
    pub(super) exhibit: usize,
    pub(super) no: u64,
}

/// A record by the position of its exhibit and its row there, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordAt {
    pub(super) exhibit: usize,
    pub(super) row: u64,
}

impl RecordAt {
    pub(super) fn block(self) -> BlockAt {
        BlockAt {
            exhibit: self.exhibit,
            no: self.row / BLOCK_ROWS as u64,
        }
    }
}

impl Place<'_> {
    pub(super) fn at(&self) -> BlockAt {
        BlockAt {
            exhibit: self.position,
            no: u64::from(self.no),
        }
    }

    /// A row of this block.
    pub(super) fn record(&self, row: usize) -> RecordAt {
        RecordAt {
            exhibit: self.position,
            row: u64::from(self.no) * BLOCK_ROWS as u64 + row as u64,
        }
    }

    /// Names what is missing or does not open, and no more.
    pub(super) fn damaged(&self, field: Field) -> OperationError {
        OperationError::Damaged {
            place: format!(
                "exhibit {}, field {}, block {}",
                self.exhibit.id,
                field.label(),
                self.no
            ),
        }
    }

    pub(super) fn damaged_statistics(&self) -> OperationError {
        OperationError::Damaged {
            place: format!("exhibit {}, statistics, block {}", self.exhibit.id, self.no),
        }
    }
}
