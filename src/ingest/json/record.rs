//! The records of a JSON file, read in one format.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::cells::JsonCells;
use super::dropped::Dropped;
use super::inside::{Inside, fitting, follow, gather, wipe};
use super::layout::Layout;
use super::look::fields_of;
use super::members::{broken, cell, each_member, object};
use super::numbers::plain_numbers;
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::domain::Field;
use crate::ingest::column_name::ShownName;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::mapping::recipient_column::{are_one, may_be_of_a_person};
use crate::ingest::record::{NoCells, Record};
use crate::vault::plaintext::{RejectKind, SkipKind};

/// The records of a JSON file, with the columns of a format.
pub(in crate::ingest) struct JsonLog {
    stream: JsonStream,
    /// What leads from a record to the record proper.
    inside: Inside,
    /// A copy of a record proper, if it is in a text or one of several.
    copy: Zeroizing<String>,
    /// The record has several records in it, and is at the copy.
    at_copy: bool,
    /// Copies of those to be read after it, the last first.
    more: Vec<Zeroizing<String>>,
    /// The line with the last record.
    last_line: u64,
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
    /// How many objects are to be told that are not read, and why.
    told: (usize, RejectKind),
    /// Names of members that are not looked at.
    drop: Vec<String>,
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
            at_copy: false,
            more: Vec::new(),
            last_line: 0,
            mended: None,
            met: vec![false; wanted.columns.len()],
            named,
            wanted,
            dropped: Dropped::default(),
            any: false,
            ahead: true,
            given: 0,
            told: (0, RejectKind::MissingNumber),
            drop: declared.drop.clone(),
        }
    }

    /// The names of the members that are not read, of all records so far.
    pub(super) fn dropped(&self) -> Vec<String> {
        self.dropped.shown()
    }

    /// True if its records are behind other text, so that lines without one say nothing of the others.
    pub(super) fn is_of_log_lines(&self) -> bool {
        self.stream.is_of_log_lines()
    }

    /// How many lines were read so far; at the end, how many the file has.
    pub(super) fn lines(&mut self) -> u64 {
        self.stream.lines()
    }

    /// The next record, if there is one. At the end, a named column that was in no record is an
    /// error.
    pub(super) fn next(&mut self) -> Result<Option<Record<JsonCells<'_>>>, IngestError> {
        if (self.ahead || self.told.0 == 0) && !self.go_on()? {
            return self.all_met().map(|()| None);
        }
        if let (1.., kind) = self.told {
            self.told.0 -= 1;
            return Ok(Some(Record {
                line: self.stream.record().1.line,
                last: self.stream.line(),
                cells: Err(NoCells::Rejected(kind)),
            }));
        }
        let last = self.stream.line();
        let (bytes, at) = self.stream.record();
        let none = |why| {
            let line = at.line;
            let cells = Err(why);
            Ok(Some(Record { line, last, cells }))
        };
        let bad = |kind| none(NoCells::Rejected(kind));
        if self.stream.is_empty_page() && !is_record(&self.stream, &self.inside, &self.wanted) {
            return none(NoCells::Skipped(SkipKind::Blank));
        }
        self.any = true;
        self.last_line = at.line;
        if self.stream.is_bad_line() {
            return bad(RejectKind::BrokenJson);
        }
        if self.stream.is_aside() && !self.at_copy {
            return bad(RejectKind::TooLong);
        }
        // A record that is in nothing else may be broken, and the next may be whole.
        let alone = self.stream.is_alone();
        let record = if self.at_copy {
            self.copy.as_str()
        } else {
            let whole = match object((bytes, at)) {
                Ok(Some(record)) => record,
                Ok(None) => "",
                Err(IngestError::BrokenJson { .. }) if alone => return bad(RejectKind::BrokenJson),
                Err(error) => return Err(error),
            };
            let wanted = &self.wanted;
            let fits = |object: &str| is_of_format(object, wanted);
            let (dropped, more) = (&mut self.dropped, &mut self.more);
            more.clear();
            let mut found = None;
            if whole.is_empty() {
                // A text may hold a record.
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                gather_records(text, wanted, more);
                if more.is_empty() {
                    return bad(RejectKind::NotAnObject);
                }
            } else if !self.inside.is_empty() {
                let mut beside = |name: &str, value: &str| {
                    let known = more.len();
                    gather(value, &fits, more);
                    if more.len() == known && !name.is_empty() {
                        dropped.note("", name);
                    }
                };
                // Perhaps this record is not in another; it is read as it is then.
                match follow(whole, &self.inside, &mut beside) {
                    Ok(object) => found = object,
                    Err(_) => more.clear(),
                }
                if !more.is_empty() {
                    more.clear();
                    let weak = |object: &str| is_near_format(object, wanted);
                    let mut beside = |_: &str, value: &str| gather(value, &weak, more);
                    found = follow(whole, &self.inside, &mut beside).ok().flatten();
                }
            }
            // What is not one of the records is none, if there are others.
            let one = found
                .as_deref()
                .is_some_and(|found| more.is_empty() || is_near_format(found, wanted));
            let copied = match found {
                Some(Cow::Borrowed(object)) if one => Err(object),
                Some(Cow::Owned(object)) if one => Ok(Zeroizing::new(object)),
                _ if more.is_empty() => Err(whole),
                _ => Ok(more.remove(0)),
            };
            more.reverse();
            match copied {
                Ok(copy) => {
                    self.copy = copy;
                    self.copy.as_str()
                }
                Err(object) => object,
            }
        };
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
        self.told = (others_in(&walk, &self.wanted), RejectKind::SeveralNumbers);
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

    /// Goes to the next record, or to what should be one. False at the end.
    fn go_on(&mut self) -> Result<bool, IngestError> {
        let mut ahead = std::mem::take(&mut self.ahead);
        if ahead && self.at_copy {
            return Ok(true);
        }
        if !ahead && let Some(next) = self.more.pop() {
            (self.copy, self.at_copy) = (next, true);
            return Ok(true);
        }
        self.at_copy = false;
        loop {
            if !std::mem::take(&mut ahead) && !self.stream.advance()? {
                return Ok(false);
            }
            if let Some(aside) = self.stream.aside() {
                match aside {
                    Some(aside) if self.stream.is_keyed() => {
                        let near = |object: &str| is_near_format(object, &self.wanted);
                        gather(&aside, &near, &mut self.more);
                    }
                    Some(_) if self.drops(self.stream.aside_name()) => {}
                    Some(aside) => {
                        gather_records(&aside, &self.wanted, &mut self.more);
                        if self.more.is_empty() {
                            self.told = (people_in(&aside), RejectKind::MissingNumber);
                        }
                        if self.told.0 > 0 {
                            self.dropped.note("", self.stream.aside_name());
                            return Ok(true);
                        }
                    }
                    // It may hold records, and is told.
                    None if self.stream.is_keyed() => return Ok(true),
                    None => {
                        let name = self.stream.aside_name();
                        if self.drops(name) {
                            continue;
                        }
                        return Err(IngestError::LongMember {
                            line: self.stream.record().1.line,
                            member: ShownName::of(name),
                        });
                    }
                }
                self.more.reverse();
                if let Some(first) = self.more.pop() {
                    (self.copy, self.at_copy) = (first, true);
                    return Ok(true);
                }
                continue;
            }
            if !self.stream.is_in_doubt()
                || self.stream.is_empty_page()
                || is_record(&self.stream, &self.inside, &self.wanted)
            {
                return Ok(true);
            }
            // A line without a record is a bad one.
            if self.stream.is_end_of_line() && self.stream.record().1.line != self.last_line {
                return Ok(true);
            }
        }
    }

    /// Whether somebody said that a member is not to be read.
    fn drops(&self, name: &str) -> bool {
        self.drop.iter().any(|dropped| dropped == name)
    }

    /// Nothing, if every named column was in some record, or there was no record.
    fn all_met(&self) -> Result<(), IngestError> {
        if !self.any {
            return Ok(());
        }
        let named = self.wanted.columns.iter().zip(&self.met).take(self.named);
        match named.clone().find(|(_, met)| !**met) {
            Some((column, _)) => Err(IngestError::NoSuchColumn {
                field: column.field.label(),
                column: ShownName::of(&column.path),
                columns: Vec::new(),
            }),
            None => Ok(()),
        }
    }

    /// Lets `next` give the same record again, of which `given` rows were taken.
    pub(super) fn again(&mut self, given: usize) {
        (self.ahead, self.given, self.told.0) = (true, given, 0);
    }
}

/// True if what the stream is at is a record. One of several objects in a line needs no more than a number: that it
/// has no time is told then.
fn is_record(stream: &JsonStream, inside: &[String], wanted: &Wanted) -> bool {
    let page = stream.is_empty_page();
    let whole = std::str::from_utf8(stream.record().0).unwrap_or_default();
    let fits = |object: &str| match page {
        true => is_of_format(object, wanted),
        false => is_near_format(object, wanted),
    };
    fitting(whole, inside, &fits).is_some()
}

/// Adds the records in a value. Among records what has a number is one, too: what it lacks is told then.
fn gather_records(value: &str, wanted: &Wanted, into: &mut Vec<Zeroizing<String>>) {
    gather(value, &|object| is_of_format(object, wanted), into);
    if !into.is_empty() {
        into.clear();
        gather(value, &|object| is_near_format(object, wanted), into);
    }
}

/// How many objects in a value have the number of a person under a name that the format does not know: each is a row in
/// quarantine, because it may be a record of another kind.
fn people_in(value: &str) -> usize {
    let is_person = |object: &str| {
        let mut found = false;
        let _ = each_member(object, |name, value| {
            if !found
                && value
                    .get()
                    .starts_with(['"', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            {
                let mut text = cell(value)?;
                found = text
                    .as_deref()
                    .is_some_and(|text| may_be_of_a_person(&name, text));
                text.iter_mut().for_each(wipe);
            }
            Ok(())
        });
        found
    };
    let mut found = Vec::new();
    gather(value, &is_person, &mut found);
    found.len()
}

/// How many other records are in a record: objects with all columns of the format, and another number.
fn others_in(walk: &Walk<'_, '_, '_>, wanted: &Wanted) -> usize {
    if walk.inner.is_empty() {
        return 0;
    }
    let own = walk.numbers();
    let mut found = Vec::new();
    for value in &walk.inner {
        gather(value, &|object| is_of_format(object, wanted), &mut found);
    }
    let is_other = |object: &Zeroizing<String>| {
        let mut dropped = Dropped::unheeded();
        let mut walk = Walk::new(wanted, &mut dropped);
        let read = walk.read(object).is_ok();
        let mut numbers = walk.numbers().into_iter();
        read && numbers.any(|number| !own.iter().any(|own| are_one(own, &number)))
    };
    found.iter().filter(|object| is_other(object)).count()
}

/// True if an object has a number, or the columns that identify the format.
fn is_near_format(object: &str, wanted: &Wanted) -> bool {
    if !wanted.may_be_near(object) {
        return false;
    }
    let fields = fields_of(object, wanted);
    let mut marks = wanted.marks.iter();
    fields.contains(&Field::Number) || marks.all(|field| fields.contains(field))
}

/// True if an object has the columns that identify the format.
fn is_of_format(object: &str, wanted: &Wanted) -> bool {
    if !wanted.may_fit(object) {
        return false;
    }
    let fields = fields_of(object, wanted);
    wanted.marks.iter().all(|field| fields.contains(field))
}
