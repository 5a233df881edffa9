//! The rows of one segment after the other.

use std::sync::Arc;

use super::header::Header;
use super::log::DelimitedLog;
use super::segment::Segment;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::record::Record;
use crate::ingest::rows::fitness::FitTally;
use crate::ingest::rows::maker::RowMaker;
use crate::vault::plaintext::RowBatch;

/// Reads segments. Several parsers may read segments of one file at the same time.
pub struct SegmentParser {
    header: Arc<Header>,
    delimiter: u8,
    maker: RowMaker,
    log: Option<DelimitedLog>,
    tally: FitTally,
}

impl SegmentParser {
    pub(in crate::ingest) fn new(
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
            tally: FitTally::default(),
        }
    }

    /// Begins to read a segment.
    pub fn begin(&mut self, segment: Segment) {
        let header = Arc::clone(&self.header);
        self.log = Some(DelimitedLog::new(segment, self.delimiter, header));
        self.tally = FitTally::default();
    }

    /// Empties the batch and fills it. False when the segment has ended; the batch then holds
    /// its last rows.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; nothing of it should be used then.
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
            let cells = cells.as_ref().map_err(|kind| *kind);
            self.maker.add(batch, line, cells)?;
        }
        Ok(true)
    }

    /// The segment, to be filled again, and how many of its records fit the format.
    pub fn end(&mut self) -> (Segment, FitTally) {
        let segment = self.log.take().map(DelimitedLog::into_segment);
        (segment.unwrap_or_default(), std::mem::take(&mut self.tally))
    }
}
