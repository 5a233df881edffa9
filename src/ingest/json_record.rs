//! The mapped cells of JSON records, and the names of what was dropped.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroize;

use super::cells::{Cells, Record, SLOTS, slot};
use super::declared::Declared;
use super::error::IngestError;
use super::json_known::{Known, KnownColumn, Member, Members};
use super::json_stream::{JsonStream, Place};
use super::shape::{Reads, Shape};
use super::shown_name::ShownName;
use crate::domain::Field;
use crate::vault::plaintext::RejectKind;

/// A JSON file that is about to be read in one format.
pub(super) struct JsonLog {
    stream: JsonStream,
    known: Known,
    /// By rank: the column was in a record.
    met: Vec<bool>,
    /// How many columns, the first, somebody named; they must be met.
    named: usize,
    dropped: Dropped,
    /// The stream already stands at the record to be read next.
    ahead: bool,
    /// How many rows of that record have been taken before.
    given: usize,
}

/// The cells of one record, which is one row or, of a list, several. Texts
/// with escapes in them are copies, wiped on drop; the others are borrowed.
pub(super) struct JsonCells<'a> {
    columns: &'a [KnownColumn],
    /// What stands once in the record, and the rank of the column that gave
    /// it.
    shared: [(usize, Cow<'a, str>); SLOTS],
    /// What stands in each object of a list: ranks and cells.
    each: Vec<Vec<(usize, Cow<'a, str>)>>,
    /// How many rows of it have been taken before.
    pub(super) given: usize,
    /// It has the columns without which the format is not this one.
    pub(super) shaped: bool,
}

impl JsonLog {
    /// The stream stands at its first record.
    pub(super) fn new(stream: JsonStream, shape: &Shape, declared: &Declared) -> Self {
        let known = Known::of(shape, declared);
        let named = match declared.mapping {
            Some(_) => known.columns.len(),
            None => declared.columns.len(),
        };
        Self {
            stream,
            met: vec![false; known.columns.len()],
            named,
            known,
            dropped: Dropped::default(),
            ahead: true,
            given: 0,
        }
    }

    pub(super) fn dropped(&self) -> Vec<String> {
        let shown = self.dropped.names.iter().map(ShownName::to_string);
        shown
            .chain(
                self.dropped
                    .unshown
                    .then(|| "(names that cannot be shown)".to_owned()),
            )
            .collect()
    }

    /// The next record's line and cells, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Record<JsonCells<'_>>>, IngestError> {
        if !std::mem::take(&mut self.ahead) && !self.stream.advance()? {
            return self.all_met().map(|()| None);
        }
        let (bytes, place) = self.stream.record();
        let record = text(bytes, place)?;
        if !record.starts_with('{') {
            parse::<IgnoredAny>(record, place)?;
            return Ok(Some(Record {
                line: place.line,
                cells: Err(RejectKind::NotAnObject),
            }));
        }
        let mut filling = Filling::new(&self.known, &mut self.dropped);
        filling.read(record, place)?;
        for (met, seen) in self.met.iter_mut().zip(&filling.seen) {
            *met |= seen;
        }
        let cells = filling.cells();
        Ok(Some(Record {
            line: place.line,
            cells: cells.map(|mut cells| {
                cells.given = std::mem::take(&mut self.given);
                cells
            }),
        }))
    }

    fn all_met(&self) -> Result<(), IngestError> {
        let named = self.known.columns.iter().zip(&self.met).take(self.named);
        match named.clone().find(|(_, met)| !**met) {
            Some((column, _)) => Err(IngestError::MissingColumn {
                field: column.field.label(),
            }),
            None => Ok(()),
        }
    }

    /// Gives the same record again, without the rows that were taken.
    pub(super) fn again(&mut self, given: usize) {
        (self.ahead, self.given) = (true, given);
    }
}

impl JsonCells<'_> {
    pub(super) fn rows(&self) -> usize {
        self.each.len().max(1)
    }

    /// The cells of one row: those of the record, and of one object in its
    /// list.
    pub(super) fn row(&self, at: usize) -> Cells<'_> {
        let mut ranks = self.shared.each_ref().map(|(rank, _)| *rank);
        let mut texts = self.shared.each_ref().map(|(_, text)| text.as_ref());
        for (rank, cell) in self.each.get(at).into_iter().flatten() {
            let place = self.columns.get(*rank).map_or(SLOTS, |column| column.slot);
            if let (Some(filled), Some(text)) = (ranks.get_mut(place), texts.get_mut(place))
                && counts(*rank, cell, *filled, text)
            {
                (*filled, *text) = (*rank, cell);
            }
        }
        let timed = ranks.get(slot(Field::SentAt));
        let timed = timed.and_then(|rank| self.columns.get(*rank));
        Cells::new(texts, timed.map_or(Reads::Text, |column| column.reads))
    }
}

impl Drop for JsonCells<'_> {
    fn drop(&mut self) {
        let shared = self.shared.iter_mut();
        for (_, text) in shared.chain(self.each.iter_mut().flatten()) {
            if let Cow::Owned(copy) = text {
                copy.zeroize();
            }
        }
    }
}

/// A blank does not take the place of another column's text; else the column
/// that is known first counts.
fn counts(rank: usize, cell: &str, filled: usize, text: &str) -> bool {
    filled == NONE || (rank < filled && !cell.is_empty()) || text.is_empty()
}

const NONE: usize = usize::MAX;

/// True if the record the stream stands at has the marks of a format.
pub(super) fn fits(stream: &JsonStream, shape: &Shape) -> Result<bool, IngestError> {
    let found = columns(stream, &Known::new(shape, &[]))?;
    Ok(shape.fits(|field| found.iter().any(|(of, _)| *of == field)))
}

/// The paths of a shape that are there in the record the stream stands at.
pub(super) fn found(stream: &JsonStream, shape: &Shape) -> Result<Vec<String>, IngestError> {
    let found = columns(stream, &Known::new(shape, &[]))?;
    let mut paths: Vec<_> = found.into_iter().map(|(_, path)| path).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

fn columns(stream: &JsonStream, known: &Known) -> Result<Vec<(Field, String)>, IngestError> {
    let (bytes, place) = stream.record();
    let record = text(bytes, place)?;
    if !record.starts_with('{') {
        return parse::<IgnoredAny>(record, place).map(|_| Vec::new());
    }
    let mut dropped = Dropped::default();
    let mut filling = Filling::new(known, &mut dropped);
    filling.read(record, place)?;
    let seen = known.columns.iter().zip(&filling.seen);
    let seen = seen.filter(|(_, seen)| **seen);
    Ok(seen
        .map(|(column, _)| (column.field, column.path.clone()))
        .collect())
}

/// The names in the record the stream stands at; none if it is no object.
pub(super) fn names(stream: &JsonStream) -> Result<Vec<String>, IngestError> {
    struct Names;
    impl<'de> Visitor<'de> for Names {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
            let mut names = Vec::new();
            while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                names.push(name);
            }
            Ok(names)
        }
    }
    let (bytes, place) = stream.record();
    let record = text(bytes, place)?;
    if !record.starts_with('{') {
        return parse::<IgnoredAny>(record, place).map(|_| Vec::new());
    }
    let mut source = serde_json::Deserializer::from_str(record);
    source
        .deserialize_map(Names)
        .map_err(|error| broken(&error, place))
}

/// Shows each path to a text in the record, and the text. Lists are passed by.
pub(super) fn each(
    stream: &JsonStream,
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), IngestError> {
    struct Each<'w> {
        with: &'w mut dyn FnMut(&str, &str),
        above: &'w str,
        depth: usize,
    }
    impl<'de> Visitor<'de> for Each<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<Text<'de>>()? {
                let value: &'de RawValue = map.next_value()?;
                let path = format!("{}{}", self.above, name.0);
                if value.get().starts_with('{') && self.depth < DEPTH {
                    let inside = Each {
                        with: &mut *self.with,
                        above: &format!("{path}."),
                        depth: self.depth + 1,
                    };
                    let mut source = serde_json::Deserializer::from_str(value.get());
                    source.deserialize_map(inside).map_err(A::Error::custom)?;
                    continue;
                }
                let mut cell = cell(value).map_err(A::Error::custom)?;
                (self.with)(&path, cell.as_deref().unwrap_or_default());
                if let Some(Cow::Owned(copy)) = &mut cell {
                    copy.zeroize();
                }
            }
            Ok(())
        }
    }
    let (bytes, place) = stream.record();
    let record = text(bytes, place)?;
    if !record.starts_with('{') {
        return parse::<IgnoredAny>(record, place).map(|_| ());
    }
    let mut source = serde_json::Deserializer::from_str(record);
    let each = Each {
        with,
        above: "",
        depth: 0,
    };
    source
        .deserialize_map(each)
        .map_err(|error| broken(&error, place))
}

/// How deep objects are looked into for a draft.
const DEPTH: usize = 4;

/// Names that were seen and not mapped.
#[derive(Default)]
struct Dropped {
    names: BTreeSet<ShownName>,
    unshown: bool,
}

impl Dropped {
    /// A name, and the names it stands under.
    fn note(&mut self, above: &str, name: &str) {
        let known = |known: &ShownName| known.as_str().strip_prefix(above) == Some(name);
        if self.names.iter().any(known) {
            return;
        }
        match ShownName::of(&format!("{above}{name}")).filter(|_| self.names.len() < 256) {
            Some(name) => {
                self.names.insert(name);
            }
            None => self.unshown = true,
        }
    }
}

/// A record while it is walked.
struct Filling<'n, 'de> {
    known: &'n Known,
    dropped: &'n mut Dropped,
    /// The names on the way to the object that is walked, with their dots.
    above: String,
    shared: [(usize, Cow<'de, str>); SLOTS],
    each: Vec<Vec<(usize, Cow<'de, str>)>>,
    /// The walk is inside an object that is a row of its own.
    in_row: bool,
    /// By rank: the column was there.
    seen: Vec<bool>,
    fault: Option<RejectKind>,
}

impl<'n, 'de> Filling<'n, 'de> {
    fn new(known: &'n Known, dropped: &'n mut Dropped) -> Self {
        Self {
            known,
            dropped,
            above: String::new(),
            shared: [const { (NONE, Cow::Borrowed("")) }; SLOTS],
            each: Vec::new(),
            in_row: false,
            seen: vec![false; known.columns.len()],
            fault: None,
        }
    }

    fn read(&mut self, record: &'de str, place: Place) -> Result<(), IngestError> {
        let mut source = serde_json::Deserializer::from_str(record);
        let members = &self.known.members;
        let walk = Walk {
            filling: self,
            members,
        };
        source
            .deserialize_map(walk)
            .and_then(|()| source.end())
            .map_err(|error| broken(&error, place))
    }

    fn cells(self) -> Result<JsonCells<'de>, RejectKind>
    where
        'n: 'de,
    {
        let known = self.known;
        let has = |field| {
            let columns = known.columns.iter().zip(&self.seen);
            columns
                .filter(|(_, seen)| **seen)
                .any(|(column, _)| column.field == field)
        };
        let shaped = known.marks.iter().all(|field| has(*field));
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(JsonCells {
                columns: &known.columns,
                shared: self.shared,
                each: self.each,
                given: 0,
                shaped,
            }),
        }
    }

    /// Takes what is wanted of a value.
    fn take(
        &mut self,
        member: &'n Member,
        name: &str,
        value: &'de RawValue,
    ) -> Result<(), serde_json::Error> {
        for rank in &member.columns {
            match cell(value)? {
                Some(cell) => self.fill(*rank, cell),
                None => self.fault = Some(RejectKind::NotText),
            }
        }
        let raw = value.get();
        match raw.as_bytes().first() {
            Some(b'{') if !member.inside.is_empty() => {
                let length = self.above.len();
                if !name.is_empty() {
                    self.above.push_str(name);
                    self.above.push('.');
                }
                let members = &member.inside;
                let walk = Walk {
                    filling: self,
                    members,
                };
                serde_json::Deserializer::from_str(raw).deserialize_map(walk)?;
                self.above.truncate(length);
                Ok(())
            }
            Some(b'[') if member.each.is_some() || !member.choices.is_empty() => {
                let length = self.above.len();
                self.above.push_str(name);
                self.above.push('.');
                for item in serde_json::from_str::<Vec<&'de RawValue>>(raw)? {
                    self.item(member, item)?;
                }
                self.above.truncate(length);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes what is wanted of one value in a list.
    fn item(&mut self, member: &'n Member, item: &'de RawValue) -> Result<(), serde_json::Error> {
        for choice in &member.choices {
            if chosen(item, &choice.name, &choice.is)? {
                self.take(&choice.of, "", item)?;
            }
        }
        let Some(each) = &member.each else {
            return Ok(());
        };
        if self.in_row {
            self.fault = Some(RejectKind::NotText);
            return Ok(());
        }
        self.each.push(Vec::new());
        self.in_row = true;
        self.take(each, "", item)?;
        self.in_row = false;
        Ok(())
    }

    fn fill(&mut self, rank: usize, cell: Cow<'de, str>) {
        let Some(column) = self.known.columns.get(rank) else {
            return;
        };
        let seen = self.seen.get_mut(rank);
        let seen = seen.is_some_and(|seen| std::mem::replace(seen, true));
        if let Some(row) = self.each.last_mut().filter(|_| self.in_row) {
            if row.iter().any(|(of, _)| *of == rank) {
                self.fault = Some(RejectKind::RepeatedName);
            }
            row.push((rank, cell));
            return;
        }
        if seen {
            self.fault = Some(RejectKind::RepeatedName);
        }
        if let Some((filled, text)) = self.shared.get_mut(column.slot)
            && counts(rank, &cell, *filled, text)
        {
            (*filled, *text) = (rank, cell);
        }
    }
}

/// Walks one object.
struct Walk<'f, 'n, 'de> {
    filling: &'f mut Filling<'n, 'de>,
    members: &'n Members,
}

impl<'de> Visitor<'de> for Walk<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { filling, members } = self;
        let mut seen = vec![false; members.len()];
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            let at = members.iter().position(|(known, _)| *known == name);
            let Some((at, (_, member))) = at.and_then(|at| Some((at, members.get(at)?))) else {
                filling.dropped.note(&filling.above, &name);
                continue;
            };
            if seen
                .get_mut(at)
                .is_some_and(|seen| std::mem::replace(seen, true))
            {
                filling.fault = Some(RejectKind::RepeatedName);
            }
            filling
                .take(member, &name, value)
                .map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// True if a value is an object whose member of this name is this text.
fn chosen(item: &RawValue, name: &str, is: &str) -> Result<bool, serde_json::Error> {
    struct Choosing<'c> {
        name: &'c str,
        is: &'c str,
    }
    impl<'de> Visitor<'de> for Choosing<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
            let mut chosen = false;
            while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
                let value: &'de RawValue = map.next_value()?;
                if name == self.name {
                    let text = cell(value).map_err(A::Error::custom)?;
                    chosen = text.is_some_and(|text| text == self.is);
                }
            }
            Ok(chosen)
        }
    }
    if !item.get().starts_with('{') {
        return Ok(false);
    }
    serde_json::Deserializer::from_str(item.get()).deserialize_map(Choosing { name, is })
}

/// A text or a number as text, nothing for null, none for anything else.
fn cell(value: &RawValue) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    let raw = value.get();
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Some(serde_json::from_str::<Text<'_>>(raw)?.0),
        Some(b'-' | b'0'..=b'9') => Some(Cow::Borrowed(raw)),
        Some(b'n') => Some(Cow::Borrowed("")),
        _ => None,
    })
}

/// A JSON text, borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Text<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        source.deserialize_str(Texts)
    }
}

fn text(bytes: &[u8], place: Place) -> Result<&str, IngestError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        IngestError::NotText {
            line: place.line + lines as u64,
        }
    })
}

fn parse<'de, T: serde::Deserialize<'de>>(
    record: &'de str,
    place: Place,
) -> Result<T, IngestError> {
    serde_json::from_str(record).map_err(|error| broken(&error, place))
}

/// Where a record is broken, and nothing of what the parser says: it quotes.
fn broken(error: &serde_json::Error, place: Place) -> IngestError {
    let (line, column) = (error.line() as u64, error.column() as u64);
    if line <= 1 {
        let column = place.column + column.saturating_sub(1);
        return IngestError::BrokenJson {
            line: place.line,
            column,
        };
    }
    IngestError::BrokenJson {
        line: place.line + line - 1,
        column,
    }
}
