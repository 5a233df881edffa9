//! The rows of one segment of a delimited file after the other.

use std::sync::Arc;

use super::cells::{Cells, Record};
use super::declared::Declared;
use super::error::IngestError;
use super::fitness::Tally;
use super::header::{DelimitedLog, Header};
use super::row_maker::RowMaker;
use super::segment::Segment;
use super::shape::Shape;
use crate::vault::plaintext::{Reject, RejectCells, RejectKind, RowBatch};

/// Reads segments; several may work beside each other on one file.
pub struct LogParser {
    header: Arc<Header>,
    delimiter: u8,
    maker: RowMaker,
    log: Option<DelimitedLog>,
    tally: Tally,
}

impl LogParser {
    pub(super) fn new(
        header: Arc<Header>,
        delimiter: u8,
        declared: Declared,
        shape: &Shape,
    ) -> Self {
        Self {
            header,
            delimiter,
            maker: RowMaker::new(declared, shape),
            log: None,
            tally: Tally::default(),
        }
    }

    /// Goes to a segment.
    pub fn begin(&mut self, segment: Segment) {
        let header = Arc::clone(&self.header);
        self.log = Some(DelimitedLog::new(segment, self.delimiter, header));
        self.tally = Tally::default();
    }

    /// Empties the batch and fills it. False when the segment has ended; the batch
    /// then holds its last rows. After an error, nothing of the file should be used.
    pub fn read_batch(&mut self, batch: &mut RowBatch) -> Result<bool, IngestError> {
        batch.clear();
        let Some(log) = &mut self.log else {
            return Ok(false);
        };
        while !batch.is_full() {
            let Some(Record { line, cells }) = log.next()? else {
                return Ok(false);
            };
            self.tally.count(cells.is_ok(), line);
            add(
                &mut self.maker,
                batch,
                line,
                cells.as_ref().map_err(|kind| *kind),
            )?;
        }
        Ok(true)
    }

    /// The segment, to be filled again, and what was counted in it.
    pub fn end(&mut self) -> (Segment, Tally) {
        let segment = self.log.take().map(DelimitedLog::into_segment);
        (segment.unwrap_or_default(), std::mem::take(&mut self.tally))
    }
}

/// Adds the row of one record, or says why it is none.
pub(super) fn add(
    maker: &mut RowMaker,
    batch: &mut RowBatch,
    line: u64,
    cells: Result<&Cells<'_>, RejectKind>,
) -> Result<(), IngestError> {
    let (column, kind, kept) = match cells {
        Err(kind) => (None, kind, RejectCells::none()),
        Ok(cells) => match maker.make(line, cells)? {
            Ok(row) => match batch.push(row) {
                Ok(()) => return Ok(()),
                // Not to be met: the batch had room before this record.
                Err(_) => (None, RejectKind::TooLong, RejectCells::none()),
            },
            Err((field, kind)) => (Some(field.label()), kind, cells.rejected()),
        },
    };
    batch.reject(Reject {
        line,
        column,
        kind,
        cells: kept,
    });
    Ok(())
}
