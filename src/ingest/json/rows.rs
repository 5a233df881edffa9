//! The rows of a JSON file. Its records can only be found one after another, so one thread reads
//! all of it.

use super::cells::JsonCells;
use super::record::JsonLog;
use crate::ingest::error::IngestError;
use crate::ingest::record::Record;
use crate::ingest::rows::fitness::FitTally;
use crate::ingest::rows::maker::RowMaker;
use crate::vault::plaintext::{RejectKind, RowBatch};

/// A JSON file whose records are made into rows.
pub(in crate::ingest) struct JsonRows {
    log: JsonLog,
    maker: RowMaker,
}

impl JsonRows {
    /// The rows of a file at its first record.
    pub(in crate::ingest) fn new(log: JsonLog, maker: RowMaker) -> Self {
        Self { log, maker }
    }

    /// The names of the members that are not read, of all records so far.
    pub(in crate::ingest) fn dropped(&self) -> Vec<String> {
        self.log.dropped()
    }

    /// Fills the batch, which is empty. False when the file has ended.
    pub(in crate::ingest) fn read_batch(
        &mut self,
        batch: &mut RowBatch,
        tally: &mut FitTally,
    ) -> Result<bool, IngestError> {
        let Self { log, maker } = self;
        while !batch.is_full() {
            let left = {
                let Some(Record { line, cells }) = log.next()? else {
                    return Ok(false);
                };
                add_all(maker, batch, tally, line, &cells)?
            };
            if let Some(given) = left {
                log.again(given);
            }
        }
        Ok(true)
    }
}

/// Adds the rows of a record. If the batch is full before all are in it, the answer is how many of
/// the record's rows are.
fn add_all(
    maker: &mut RowMaker,
    batch: &mut RowBatch,
    tally: &mut FitTally,
    line: u64,
    cells: &Result<JsonCells<'_>, RejectKind>,
) -> Result<Option<usize>, IngestError> {
    let cells = match cells {
        Ok(cells) => cells,
        Err(kind) => {
            tally.count(false, line);
            return maker.add(batch, line, Err(*kind)).map(|()| None);
        }
    };
    if cells.given == 0 {
        tally.count(cells.shaped, line);
    }
    for at in cells.given..cells.rows() {
        if batch.is_full() {
            return Ok(Some(at));
        }
        maker.add(batch, line, Ok(&cells.row(at)))?;
    }
    Ok(None)
}
