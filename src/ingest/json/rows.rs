//! The rows of a JSON file. Its records can only be found one after another, so one thread reads
//! all of it.

use super::cells::JsonCells;
use super::record::JsonLog;
use crate::ingest::error::IngestError;
use crate::ingest::record::{NoCells, Record};
use crate::ingest::rows::fitness::FitTally;
use crate::ingest::rows::maker::{Place, RowMaker};
use crate::vault::plaintext::{RejectKind, RowBatch, SkipKind};

/// A JSON file whose records are made into rows.
pub(in crate::ingest) struct JsonRows {
    log: JsonLog,
    maker: RowMaker,
    /// How many lines of the file are accounted for.
    counted: u64,
}

impl JsonRows {
    /// The rows of a file at its first record.
    pub(in crate::ingest) fn new(log: JsonLog, maker: RowMaker) -> Self {
        Self {
            log,
            maker,
            counted: 0,
        }
    }

    /// How many lines the file has, once it was read.
    pub(in crate::ingest) fn lines(&self) -> u64 {
        self.counted
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
        let Self {
            log,
            maker,
            counted,
        } = self;
        let of_log_lines = log.is_of_log_lines();
        while !batch.is_full() {
            let left = {
                let Some(Record { line, last, cells }) = log.next()? else {
                    let rest = log.lines().saturating_sub(*counted);
                    batch.skip(SkipKind::AroundRecords, rest);
                    *counted += rest;
                    return Ok(false);
                };
                let before = line.saturating_sub(*counted + 1);
                batch.skip(SkipKind::AroundRecords, before);
                // A record on a line with the one before it has no line of its own.
                let lines = last.saturating_sub(*counted + before);
                *counted += before + lines;
                add_all(
                    maker,
                    batch,
                    (tally, of_log_lines),
                    Place { line, lines },
                    &cells,
                )?
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
    (tally, of_log_lines): (&mut FitTally, bool),
    place: Place,
    cells: &Result<JsonCells<'_>, NoCells>,
) -> Result<Option<usize>, IngestError> {
    let cells = match cells {
        Ok(cells) => cells,
        Err(NoCells::Rejected(kind)) => {
            // What has a name twice may be of the format, and is told by its kind. Objects that are not read are told
            // one by one, and say nothing of the records.
            match kind {
                RejectKind::SeveralNumbers | RejectKind::MissingNumber => {}
                RejectKind::BrokenJson if of_log_lines => {}
                kind => tally.count_shape(*kind == RejectKind::RepeatedName, place.line),
            }
            return maker.add(batch, place, Err(*kind)).map(|()| None);
        }
        Err(NoCells::Skipped(kind)) => {
            batch.skip_record(*kind, place.lines);
            return Ok(None);
        }
    };
    if cells.given == 0 {
        tally.count_shape(cells.shaped, place.line);
    }
    for at in cells.given..cells.rows() {
        if batch.is_full() {
            return Ok(Some(at));
        }
        // The first row stands for the lines of the record.
        let lines = if at == 0 { place.lines } else { 0 };
        let row = cells.row(at);
        tally.count_account(|| maker.account_is_number(&row), place.line);
        maker.add(batch, Place { lines, ..place }, Ok(&row))?;
    }
    Ok(None)
}
