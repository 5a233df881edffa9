//! One supplier's file, read batch by batch.

use std::io::Read;

use super::cells::{Cells, Record};
use super::declared::Declared;
use super::error::IngestError;
use super::fitness::Fitness;
use super::json_record::JsonCells;
use super::opening::{Log, Opened};
use super::row_maker::RowMaker;
use crate::domain::Format;
use crate::vault::plaintext::{Reject, RejectCells, RejectKind, RowBatch};

/// Reads the rows of a log in the format that was named or found out.
pub struct LogReader {
    evidence: String,
    log: Log,
    maker: RowMaker,
    fitness: Fitness,
}

impl LogReader {
    /// Looks at the beginning of the file, packed or not, and settles how the
    /// rest will be read.
    pub fn open(source: Box<dyn Read + Send>, declared: Declared) -> Result<Self, IngestError> {
        let Opened {
            shape,
            evidence,
            log,
        } = Opened::new(source, &declared)?;
        Ok(Self {
            evidence,
            log,
            maker: RowMaker::new(declared, &shape),
            fitness: Fitness::new(shape.format),
        })
    }

    pub fn format(&self) -> Format {
        self.fitness.format()
    }

    /// What was seen, and that the format was declared if it was.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }

    /// The names of the columns that are not kept. In JSON they are known when
    /// the file has been read.
    pub fn dropped_columns(&self) -> Vec<String> {
        match &self.log {
            Log::Delimited(log) => log.header().dropped().to_vec(),
            Log::Json(log) => log.dropped(),
        }
    }

    /// Empties the batch and fills it. False when the file has ended; the
    /// batch then holds the last rows. After an error, nothing of the file
    /// should be used.
    pub fn read_batch(&mut self, batch: &mut RowBatch) -> Result<bool, IngestError> {
        batch.clear();
        let Self {
            log,
            maker,
            fitness,
            ..
        } = self;
        while !batch.is_full() {
            match log {
                Log::Delimited(log) => {
                    let Some(Record { line, cells }) = log.next()? else {
                        return fitness.end().map(|()| false);
                    };
                    fitness.count(cells.is_ok(), line)?;
                    add(maker, batch, line, cells.as_ref().map_err(|kind| *kind))?;
                }
                Log::Json(log) => {
                    let left = {
                        let Some(Record { line, cells }) = log.next()? else {
                            return fitness.end().map(|()| false);
                        };
                        add_all(maker, batch, fitness, line, &cells)?
                    };
                    if let Some(given) = left {
                        log.again(given);
                    }
                }
            }
        }
        Ok(true)
    }
}

/// Adds the rows of a record. Some: how many, if the batch was full before all
/// were in it.
fn add_all(
    maker: &mut RowMaker,
    batch: &mut RowBatch,
    fitness: &mut Fitness,
    line: u64,
    cells: &Result<JsonCells<'_>, RejectKind>,
) -> Result<Option<usize>, IngestError> {
    let cells = match cells {
        Ok(cells) => cells,
        Err(kind) => {
            fitness.count(false, line)?;
            return add(maker, batch, line, Err(*kind)).map(|()| None);
        }
    };
    if cells.given == 0 {
        fitness.count(cells.shaped, line)?;
    }
    for at in cells.given..cells.rows() {
        if batch.is_full() {
            return Ok(Some(at));
        }
        add(maker, batch, line, Ok(&cells.row(at)))?;
    }
    Ok(None)
}

fn add(
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
