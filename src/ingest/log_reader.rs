//! One supplier's file, read batch by batch.

use std::io::Read;
use std::sync::Arc;

use super::cells::Record;
use super::declared::Declared;
use super::error::IngestError;
use super::fitness::{Fitness, Tally};
use super::header::Header;
use super::json_record::{JsonCells, JsonLog};
use super::log_parser::{LogParser, add};
use super::opening::{Delimited, Log, Opened};
use super::row_maker::RowMaker;
use super::segment::{Cuts, Segment};
use super::shape::Shape;
use crate::domain::Format;
use crate::vault::plaintext::{RejectKind, RowBatch};

/// Reads the rows of a log in the format that was named or found out.
pub struct LogReader {
    evidence: String,
    fitness: Fitness,
    rows: Rows,
}

enum Rows {
    Delimited(Box<Parts>),
    Json(Box<JsonRows>),
}

struct JsonRows {
    log: JsonLog,
    maker: RowMaker,
}

/// What reads a delimited file, in parts that may work beside each other.
struct Parts {
    header: Arc<Header>,
    cuts: Cuts,
    /// The segment to be read next, if one was cut.
    next: Option<Segment>,
    parser: LogParser,
    declared: Declared,
    shape: Shape,
}

/// A delimited file whose segments are to be read beside each other.
pub struct SplitLog {
    /// Behind the header.
    pub first: Segment,
    pub cuts: Cuts,
    pub parsers: Vec<LogParser>,
    pub facts: LogFacts,
}

/// What is known of a log beside its rows.
pub struct LogFacts {
    pub fitness: Fitness,
    /// What was seen, and that the format was declared if it was.
    pub evidence: String,
    /// The names of the columns that are not kept.
    pub dropped_columns: Vec<String>,
}

impl LogFacts {
    pub fn format(&self) -> Format {
        self.fitness.format()
    }
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
        let fitness = Fitness::new(shape.format);
        let rows = match log {
            Log::Delimited(log) => {
                let Delimited {
                    header,
                    first,
                    cuts,
                } = *log;
                let said = declared.clone();
                let parser = LogParser::new(Arc::clone(&header), cuts.delimiter(), said, &shape);
                Rows::Delimited(Box::new(Parts {
                    header,
                    cuts,
                    next: Some(first),
                    parser,
                    declared,
                    shape,
                }))
            }
            Log::Json(log) => Rows::Json(Box::new(JsonRows {
                log: *log,
                maker: RowMaker::new(declared, &shape),
            })),
        };
        Ok(Self {
            evidence,
            fitness,
            rows,
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
        match &self.rows {
            Rows::Delimited(parts) => parts.header.dropped().to_vec(),
            Rows::Json(rows) => rows.log.dropped(),
        }
    }

    /// Takes a delimited file of which nothing was read apart, for so many parsers.
    /// Records of JSON can only be found one after the other.
    pub fn split(self, parsers: usize) -> Result<SplitLog, Self> {
        let dropped_columns = self.dropped_columns();
        let Rows::Delimited(parts) = self.rows else {
            return Err(self);
        };
        let Parts {
            header,
            cuts,
            next,
            parser,
            declared,
            shape,
        } = *parts;
        let delimiter = cuts.delimiter();
        let more = (1..parsers)
            .map(|_| LogParser::new(Arc::clone(&header), delimiter, declared.clone(), &shape));
        let parsers = more.chain([parser]).collect();
        Ok(SplitLog {
            first: next.unwrap_or_default(),
            cuts,
            parsers,
            facts: LogFacts {
                fitness: self.fitness,
                evidence: self.evidence,
                dropped_columns,
            },
        })
    }

    /// When the file has been read.
    pub fn into_facts(self) -> LogFacts {
        LogFacts {
            dropped_columns: self.dropped_columns(),
            fitness: self.fitness,
            evidence: self.evidence,
        }
    }

    /// Empties the batch and fills it. False when the file has ended; the
    /// batch then holds the last rows. After an error, nothing of the file
    /// should be used.
    pub fn read_batch(&mut self, batch: &mut RowBatch) -> Result<bool, IngestError> {
        let Self { rows, fitness, .. } = self;
        let more = match rows {
            Rows::Delimited(parts) => parts.read_batch(batch, fitness)?,
            Rows::Json(rows) => {
                batch.clear();
                let mut tally = Tally::default();
                let more = rows.read_batch(batch, &mut tally)?;
                fitness.take(tally)?;
                more
            }
        };
        if !more {
            fitness.end()?;
        }
        Ok(more)
    }
}

impl Parts {
    /// The rows of the segment at hand, or of the next one.
    fn read_batch(
        &mut self,
        batch: &mut RowBatch,
        fitness: &mut Fitness,
    ) -> Result<bool, IngestError> {
        if let Some(segment) = self.next.take() {
            self.parser.begin(segment);
        }
        if self.parser.read_batch(batch)? {
            return Ok(true);
        }
        let (segment, tally) = self.parser.end();
        fitness.take(tally)?;
        self.next = self.cuts.next(segment)?;
        Ok(self.next.is_some())
    }
}

impl JsonRows {
    fn read_batch(&mut self, batch: &mut RowBatch, tally: &mut Tally) -> Result<bool, IngestError> {
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

/// Adds the rows of a record. Some: how many, if the batch was full before all
/// were in it.
fn add_all(
    maker: &mut RowMaker,
    batch: &mut RowBatch,
    tally: &mut Tally,
    line: u64,
    cells: &Result<JsonCells<'_>, RejectKind>,
) -> Result<Option<usize>, IngestError> {
    let cells = match cells {
        Ok(cells) => cells,
        Err(kind) => {
            tally.count(false, line);
            return add(maker, batch, line, Err(*kind)).map(|()| None);
        }
    };
    if cells.given == 0 {
        tally.count(cells.shaped, line);
    }
    for at in cells.given..cells.rows() {
        if batch.is_full() {
            return Ok(Some(at));
        }
        add(maker, batch, line, Ok(&cells.row(at)))?;
    }
    Ok(None)
}
