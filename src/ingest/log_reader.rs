//! One supplier's file, read batch by batch.

use std::io::Read;

use super::csv::cuts::Cuts;
use super::csv::parser::SegmentParser;
use super::csv::preamble::Before;
use super::csv::segment::Segment;
use super::declared::Declared;
use super::error::IngestError;
use super::opening::{LogRows, OpenedLog};
use super::rows::fitness::{FitTally, Fitness};
use crate::domain::Format;
use crate::vault::plaintext::RowBatch;

/// Reads the rows of a file, in the format that was declared or detected.
pub struct LogReader {
    evidence: String,
    country_columns: Vec<String>,
    sheet: Option<u32>,
    fitness: Fitness,
    rows: LogRows,
}

/// A delimited file whose segments may be read by several threads.
pub struct SplitLog {
    /// The first segment, to be read from after the header.
    pub first: Segment,
    /// What cuts the other segments.
    pub cuts: Cuts,
    /// The lines before the records.
    pub before: Before,
    /// One for each thread.
    pub parsers: Vec<SegmentParser>,
    /// What is known of the file.
    pub facts: LogFacts,
}

/// What is known of a file, other than its rows.
pub struct LogFacts {
    /// Whether the records fit the format.
    pub fitness: Fitness,
    /// How the format was identified, such as `its header`, and whether it was declared.
    pub evidence: String,
    /// The names of the columns that are not kept.
    pub dropped_columns: Vec<String>,
    /// Of these, the ones that look like the country of each row.
    pub country_columns: Vec<String>,
    /// Which sheet of a workbook was read, by its place; none of the one that is read where nobody names one.
    pub sheet: Option<u32>,
    /// How many lines the file has, once it was read to its end.
    pub lines: u64,
}

impl LogFacts {
    /// The format the file is read in.
    pub fn format(&self) -> Format {
        self.fitness.format()
    }
}

impl LogReader {
    /// Looks at the beginning of a file, packed or not, and decides how to read it.
    ///
    /// # Errors
    ///
    /// The beginning of the file cannot be read, its format is unknown, or it does not fit what was
    /// declared.
    pub fn open(source: Box<dyn Read + Send>, declared: Declared) -> Result<Self, IngestError> {
        let OpenedLog {
            format,
            evidence,
            country_columns,
            sheet,
            backslash,
            rows,
        } = OpenedLog::new(source, declared)?;
        Ok(Self {
            evidence,
            country_columns,
            sheet,
            fitness: Fitness::new(format, backslash),
            rows,
        })
    }

    /// How many lines the file has, once it was read to its end.
    pub fn lines(&self) -> u64 {
        match &self.rows {
            LogRows::Delimited(rows) => rows.lines(),
            LogRows::Json(rows) => rows.lines(),
        }
    }

    /// The format the file is read in.
    pub fn format(&self) -> Format {
        self.fitness.format()
    }

    /// How the format was identified, such as `its header`, and whether it was declared.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }

    /// The names of the columns that are not kept. For JSON they are complete when the whole file
    /// was read.
    pub fn dropped_columns(&self) -> Vec<String> {
        match &self.rows {
            LogRows::Delimited(rows) => rows.dropped(),
            LogRows::Json(rows) => rows.dropped(),
        }
    }

    /// Splits a delimited file of which no row was read, for this many parsers. A JSON file cannot
    /// be split, and comes back as it was.
    pub fn split(self, parsers: usize) -> Result<SplitLog, Self> {
        let dropped_columns = self.dropped_columns();
        let LogRows::Delimited(rows) = self.rows else {
            return Err(self);
        };
        let (before, first, cuts, parsers) = rows.split(parsers);
        Ok(SplitLog {
            first,
            cuts,
            before,
            parsers,
            facts: LogFacts {
                fitness: self.fitness,
                evidence: self.evidence,
                dropped_columns,
                country_columns: self.country_columns,
                sheet: self.sheet,
                lines: 0,
            },
        })
    }

    /// What is known of the file after it was read.
    pub fn into_facts(self) -> LogFacts {
        LogFacts {
            dropped_columns: self.dropped_columns(),
            lines: self.lines(),
            country_columns: self.country_columns,
            sheet: self.sheet,
            fitness: self.fitness,
            evidence: self.evidence,
        }
    }

    /// Empties the batch and fills it. False when the file has ended; the batch then holds the last
    /// rows.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; nothing of it should be used then.
    pub fn read_batch(&mut self, batch: &mut RowBatch) -> Result<bool, IngestError> {
        let Self { rows, fitness, .. } = self;
        let more = match rows {
            LogRows::Delimited(rows) => rows.read_batch(batch, fitness)?,
            LogRows::Json(rows) => {
                batch.clear();
                let mut tally = FitTally::default();
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
