//! The records of a JSON file, read in one format.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::cells::JsonCells;
use super::dropped::Dropped;
use super::inside::{Inside, follow, wipe};
use super::layout::Layout;
use super::look::fields_of;
use super::members::{broken, object};
use super::numbers::plain_numbers;
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::record::{NoCells, Record};
use crate::vault::plaintext::{RejectKind, SkipKind};

/// The records of a JSON file, with the columns of a format.
pub(in crate::ingest) struct JsonLog {
    stream: JsonStream,
    /// What leads from a record to the record proper.
    inside: Inside,
    /// A copy of a record proper, if it is in a text or had to be mended.
    copy: Zeroizing<String>,
    mended: Option<Zeroizing<String>>,
    wanted: Wanted,
    /// By rank: the column was in some record.
    met: Vec<bool>,
    /// How many columns somebody named. They are the first, and each must be in some record.
    named: usize,
    dropped: Dropped,
    /// There was a record.
    any: bool,
    /// The stream is already at the record to be read next.
    ahead: bool,
    /// How many rows of that record were taken before.
    given: usize,
}

impl JsonLog {
    /// `stream` is at its first record.
    pub(in crate::ingest) fn new(
        stream: JsonStream,
        layout: Layout,
        shape: &Shape,
        declared: &Declared,
    ) -> Self {
        let wanted = Wanted::new(shape, &declared.columns);
        let named = match declared.mapping {
            Some(_) => wanted.columns.len(),
            None => declared.columns.len(),
        };
        Self {
            stream,
            inside: layout.inside,
            copy: Zeroizing::default(),
            mended: None,
            met: vec![false; wanted.columns.len()],
            named,
            wanted,
            dropped: Dropped::default(),
            any: false,
            ahead: true,
            given: 0,
        }
    }

    /// The names of the members that are not read, of all records so far.
    pub(super) fn dropped(&self) -> Vec<String> {
        self.dropped.shown()
    }

    /// How many lines were read so far; at the end, how many the file has.
    pub(super) fn lines(&mut self) -> u64 {
        self.stream.lines()
    }

    /// The next record, if there is one. At the end, a named column that was in no record is an
    /// error.
    pub(super) fn next(&mut self) -> Result<Option<Record<JsonCells<'_>>>, IngestError> {
        loop {
            if !std::mem::take(&mut self.ahead) && !self.stream.advance()? {
                return self.all_met().map(|()| None);
            }
            if !self.stream.is_in_doubt() || self.stream.is_empty_page() || self.is_record() {
                break;
            }
        }
        let last = self.stream.line();
        let (bytes, at) = self.stream.record();
        let none = |why| {
            let line = at.line;
            let cells = Err(why);
            Ok(Some(Record { line, last, cells }))
        };
        let bad = |kind| none(NoCells::Rejected(kind));
        if self.stream.is_empty_page() && !self.is_record() {
            return none(NoCells::Skipped(SkipKind::Blank));
        }
        self.any = true;
        if self.stream.is_bad_line() {
            return bad(RejectKind::BrokenJson);
        }
        // A record that is in nothing else may be broken, and the next may be whole.
        let alone = self.stream.is_alone();
        let whole = match object((bytes, at)) {
            Ok(Some(record)) => record,
            Ok(None) => return bad(RejectKind::NotAnObject),
            Err(IngestError::BrokenJson { .. }) if alone => return bad(RejectKind::BrokenJson),
            Err(error) => return Err(error),
        };
        let mut record = whole;
        if !self.inside.is_empty() {
            let dropped = &mut self.dropped;
            let mut beside = |name: &str| dropped.note("", name);
            match follow(whole, &self.inside, &mut beside) {
                Ok(Some(Cow::Borrowed(object))) => record = object,
                Ok(Some(Cow::Owned(object))) => {
                    self.copy = Zeroizing::new(object);
                    record = &self.copy;
                }
                // Perhaps this record is not in another; it is read as it is.
                Ok(None) | Err(_) => {}
            }
        }
        let mut walk = Walk::new(&self.wanted, &mut self.dropped);
        let walk = match walk.read(record) {
            Ok(()) => walk,
            // Words for what is no number make it no JSON; without them it may be.
            Err(error) => {
                let mut walk = Walk::new(&self.wanted, &mut self.dropped);
                self.mended = plain_numbers(record);
                match self.mended.as_deref().map(|plain| walk.read(plain)) {
                    Some(Ok(())) => walk,
                    _ if alone => return bad(RejectKind::BrokenJson),
                    _ => return Err(broken(&error, at)),
                }
            }
        };
        for (rank, seen) in walk.seen.iter().enumerate() {
            let Some(met) = self.met.get_mut(rank) else {
                continue;
            };
            if rank < self.named && !*met && walk.lists.get(rank) == Some(&true) {
                return Err(self.wanted.is_a_list(rank));
            }
            *met |= seen;
        }
        let cells = walk.cells();
        Ok(Some(Record {
            line: at.line,
            last,
            cells: cells.map_err(NoCells::Rejected).map(|mut cells| {
                cells.given = std::mem::take(&mut self.given);
                cells
            }),
        }))
    }

    /// True if what the stream is at has the columns that identify the format.
    fn is_record(&self) -> bool {
        let (bytes, _) = self.stream.record();
        let Ok(whole) = std::str::from_utf8(bytes) else {
            return false;
        };
        let found = follow(whole, &self.inside, &mut |_| {});
        let mut object = found.ok().flatten().unwrap_or(Cow::Borrowed(whole));
        let fields = fields_of(&object, &self.wanted);
        wipe(&mut object);
        self.wanted.marks.iter().all(|field| fields.contains(field))
    }

    /// Nothing, if every named column was in some record, or there was no record.
    fn all_met(&self) -> Result<(), IngestError> {
        if !self.any {
            return Ok(());
        }
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
