//! The records of a JSON file, read in one format.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use zeroize::Zeroizing;

use super::cells::JsonCells;
use super::digit_run::may_hold_number;
use super::dropped::Dropped;
use super::inside::{Inside, fitting, follow, gather};
use super::layout::Layout;
use super::look::{is_near_format, is_of_format};
use super::members::{broken, each_member, object};
use super::numbers::plain_numbers;
use super::people::{Known, People, may_hold_people, senders_of};
use super::stream::JsonStream;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::ingest::column_name::ShownName;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::mapping::recipient_column::are_one;
use crate::ingest::record::{NoCells, Record};
use crate::ingest::times::serial::is_day;
use crate::vault::plaintext::{Region, RejectKind, SkipKind};

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
    /// Hashes of the members of the record before and of this one that other people are in.
    told_of: (u64, u64),
    /// See [`Others::of`].
    singles: HashMap<String, Single>,
    /// Names of members that are not looked at.
    drop: Vec<String>,
    region: Option<Region>,
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
            told_of: (0, 0),
            singles: HashMap::new(),
            drop: declared.drop.clone(),
            region: declared.region,
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
        let mut around = Vec::new();
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
                        if may_hold_people(name, value) {
                            around.push((name.to_owned(), Zeroizing::new(value.to_owned())));
                        }
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
        let terms = (&self.wanted, self.drop.as_slice(), self.region);
        let others = Others::of(&walk, (record, &around), terms, &mut self.singles);
        // The same list in each record is told once.
        let again = others.people > 0 && others.of == self.told_of.1;
        let people = if again { 0 } else { others.people };
        self.told = (others.records + people, RejectKind::SeveralNumbers);
        self.told_of = (self.told_of.1, others.of);
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
                    Some(aside) if self.stream.is_before() => {
                        let mut members = Vec::new();
                        // Of what cannot be read the rest of the page tells.
                        let _ = each_member(&aside, |name, value| {
                            members.push((name.into_owned(), value.get()));
                            Ok(())
                        });
                        for (name, value) in members {
                            self.look_beside(&name, value);
                        }
                    }
                    Some(aside) => {
                        let name = self.stream.aside_name().to_owned();
                        self.look_beside(&name, &aside);
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
                if self.told.0 > 0 {
                    return Ok(true);
                }
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

    /// Looks for records and people in a member beside a list of records.
    fn look_beside(&mut self, name: &str, value: &str) {
        let keyed = self.stream.is_keyed();
        if self.drops(name) && !keyed {
            return;
        }
        let mut records = Vec::new();
        match keyed {
            true => gather(
                value,
                &|object| is_near_format(object, &self.wanted),
                &mut records,
            ),
            false => gather_records(value, &self.wanted, &mut records),
        }
        if !records.is_empty() {
            self.more.append(&mut records);
            return;
        }
        // A member of a record may come before it is known that it is one. Times have many digits.
        let alone = !value.starts_with(['{', '[']);
        if alone && (self.wanted.ends_in(name) || is_iso_time(value)) {
            return;
        }
        // Most have too few digits for a number.
        if !may_hold_number(value.as_bytes()) && !may_hold_number(name.as_bytes()) {
            return;
        }
        let known = Known {
            region: self.region,
            ..Known::default()
        };
        let people = People::of(name, value, &known);
        if people.may_be_any() {
            self.dropped.note("", name);
        }
        let rows = people.rows_beside(name, value);
        self.told = (self.told.0 + rows, RejectKind::MissingNumber);
    }

    /// Whether somebody said that a member is not to be read.
    fn drops(&self, name: &str) -> bool {
        is_dropped(&self.drop, name)
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
        self.told_of.1 = self.told_of.0;
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

/// Whether a text is a time that begins with its day.
fn is_iso_time(value: &str) -> bool {
    let text = value.trim_matches('"');
    let day = text.get(..ISO_DAY).is_some_and(is_day);
    let clock = text.get(ISO_DAY..).unwrap_or_default();
    day && clock.starts_with(['T', ' ']) && clock.len() <= ISO_CLOCK
}

/// How long a day is, and the time of day behind it with its zone.
const ISO_DAY: usize = 10;
const ISO_CLOCK: usize = 25;

/// A member that has one number in each record.
struct Single {
    /// The first, as a hash.
    number: u64,
    /// There was another one.
    several: bool,
}

/// Other people in a record.
#[derive(Default)]
struct Others {
    /// Objects with all columns of the format and another number.
    records: usize,
    /// What else is likely to be of a recipient, and a hash of the members it is in.
    people: usize,
    of: u64,
}

impl Others {
    /// `beside` are members of what the record is in; `singles` are the first numbers, as hashes, of members that have
    /// one in each record.
    fn of(
        walk: &Walk<'_, '_, '_>,
        (record, beside): (&str, &[(String, Zeroizing<String>)]),
        (wanted, drop, region): (&Wanted, &[String], Option<Region>),
        singles: &mut HashMap<String, Single>,
    ) -> Self {
        let mut others = Self::default();
        if walk.inner.is_empty() && beside.is_empty() {
            return others;
        }
        let mut known = Known {
            own: walk.numbers(),
            region,
            ..Known::default()
        };
        let beside = beside.iter().map(|(path, value)| (path, value.as_str()));
        let inner = walk.inner.iter().map(|(path, value)| (path, *value));
        let mut all = inner.chain(beside);
        let is_open = |path: &str| !is_dropped(drop, path);
        let has_people = |path: &str, value: &str, known: &Known| {
            People::of(path, value, known).any() || records_in(value, known, wanted) > 0
        };
        let has_any =
            |(path, value): (&String, &str)| is_open(path) && has_people(path, value, &known);
        if !all.clone().any(has_any) {
            return others;
        }
        known.senders = senders_of(record);
        let mut hasher = DefaultHasher::new();
        for (path, value) in all.by_ref().filter(|(path, _)| is_open(path)) {
            let records = records_in(value, &known, wanted);
            others.records += records;
            let found = People::of(path, value, &known);
            let people = found.rows(path, value);
            if people > records {
                (path, value).hash(&mut hasher);
                others.people += people - records;
            } else if let Some(number) = found.single(path).filter(|_| records == 0) {
                // A number that is another one in each record is of no owner.
                let room = singles.len() < SINGLES || singles.contains_key(path);
                let single = room.then(|| {
                    let single = singles.entry(path.clone());
                    single.or_insert(Single {
                        number,
                        several: false,
                    })
                });
                if let Some(single) = single
                    && (single.several || single.number != number)
                {
                    (path, value).hash(&mut hasher);
                    // The first one is somebody, too.
                    others.people += if single.several { 1 } else { 2 };
                    single.several = true;
                }
            }
        }
        others.of = hasher.finish();
        others
    }
}

/// How many objects in a value have all columns of the format, and the number of another person than its record and
/// its sender. What that person sent to the log's owner is no message to somebody.
fn records_in(value: &str, known: &Known, wanted: &Wanted) -> usize {
    let mut found = Vec::new();
    gather(value, &|object| is_of_format(object, wanted), &mut found);
    let is_other = |object: &Zeroizing<String>| {
        let mut dropped = Dropped::unheeded();
        let mut walk = Walk::new(wanted, &mut dropped);
        let read = walk.read(object).is_ok();
        let is_one =
            |one: &[Zeroizing<String>], other: &str| one.iter().any(|one| are_one(one, other));
        let answer = senders_of(object)
            .iter()
            .any(|sender| is_one(&known.own, sender));
        let mut numbers = walk.numbers().into_iter();
        let known = |number: &str| is_one(&known.own, number) || is_one(&known.senders, number);
        read && !answer && numbers.any(|number| !known(&number))
    };
    found.iter().filter(|object| is_other(object)).count()
}

/// Whether somebody said that the member of this path is not to be read.
fn is_dropped(drop: &[String], path: &str) -> bool {
    drop.iter().any(|dropped| {
        let behind = path.strip_prefix(dropped.as_str());
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('.'))
    })
}

/// How many members with one number in each record are remembered.
const SINGLES: usize = 64;
