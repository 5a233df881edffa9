//! The records of a JSON file, read in one format.

use super::cells::JsonCells;
use super::dropped::Dropped;
use super::members::{broken, object};
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::record::Record;
use crate::vault::plaintext::RejectKind;

/// The records of a JSON file, with the columns of a format.
pub(in crate::ingest) struct JsonLog {
    stream: JsonStream,
    wanted: Wanted,
    /// By rank: the column was in some record.
    met: Vec<bool>,
    /// How many columns somebody named. They are the first, and each must be in some record.
    named: usize,
    dropped: Dropped,
    /// The stream is already at the record to be read next.
    ahead: bool,
    /// How many rows of that record were taken before.
    given: usize,
}

impl JsonLog {
    /// `stream` is at its first record.
    pub(in crate::ingest) fn new(stream: JsonStream, shape: &Shape, declared: &Declared) -> Self {
        let wanted = Wanted::new(shape, &declared.columns);
        let named = match declared.mapping {
            Some(_) => wanted.columns.len(),
            None => declared.columns.len(),
        };
        Self {
            stream,
            met: vec![false; wanted.columns.len()],
            named,
            wanted,
            dropped: Dropped::default(),
            ahead: true,
            given: 0,
        }
    }

    /// The names of the members that are not read, of all records so far.
    pub(super) fn dropped(&self) -> Vec<String> {
        self.dropped.shown()
    }

    /// How many lines were read so far; at the end, how many the file has.
    pub(super) fn lines(&self) -> u64 {
        self.stream.lines()
    }

    /// The next record, if there is one. At the end, a named column that was in no record is an
    /// error.
    pub(super) fn next(&mut self) -> Result<Option<Record<JsonCells<'_>>>, IngestError> {
        if !std::mem::take(&mut self.ahead) && !self.stream.advance()? {
            return self.all_met().map(|()| None);
        }
        let last = self.stream.line();
        let (bytes, at) = self.stream.record();
        let Some(record) = object((bytes, at))? else {
            return Ok(Some(Record {
                line: at.line,
                last,
                cells: Err(RejectKind::NotAnObject),
            }));
        };
        let mut walk = Walk::new(&self.wanted, &mut self.dropped);
        walk.read(record).map_err(|error| broken(&error, at))?;
        for (met, seen) in self.met.iter_mut().zip(&walk.seen) {
            *met |= seen;
        }
        let cells = walk.cells();
        Ok(Some(Record {
            line: at.line,
            last,
            cells: cells.map(|mut cells| {
                cells.given = std::mem::take(&mut self.given);
                cells
            }),
        }))
    }

    /// Nothing, if every named column was in some record.
    fn all_met(&self) -> Result<(), IngestError> {
        let named = self.wanted.columns.iter().zip(&self.met).take(self.named);
        match named.clone().find(|(_, met)| !**met) {
            Some((column, _)) => Err(IngestError::MissingColumn {
                field: column.field.label(),
            }),
            None => Ok(()),
        }
    }

    /// Lets `next` give the same record again, of which `given` rows were taken.
    pub(super) fn again(&mut self, given: usize) {
        (self.ahead, self.given) = (true, given);
    }
}
