//! The mapped cells of JSON records, and the names of what was dropped.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer as _, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroize;

use super::cells::{Cells, FIELDS, Record, slot};
use super::declared::{ColumnMapping, Declared};
use super::error::IngestError;
use super::json_stream::{JsonStream, Place};
use super::shape::{Reads, Shape};
use super::shown_name::ShownName;
use crate::domain::Field;
use crate::vault::plaintext::RejectKind;

/// A JSON file that is about to be read in one format.
pub(super) struct JsonLog {
    stream: JsonStream,
    /// A name, what it holds and how; the first that is there counts.
    names: Vec<(String, Field, Reads)>,
    /// The columns that somebody named, first among the names, and whether they
    /// are still to be met.
    unmet: Vec<bool>,
    dropped: Dropped,
    /// The stream already stands at the record to be read next.
    ahead: bool,
}

/// The cells of one record. Texts with escapes in them are copies, wiped on
/// drop; the others are borrowed.
pub(super) struct JsonCells<'a> {
    texts: [Cow<'a, str>; FIELDS.len()],
    time: Reads,
    /// It has the names without which the format is not this one.
    pub(super) shaped: bool,
}

impl JsonLog {
    /// The stream stands at its first record.
    pub(super) fn new(stream: JsonStream, shape: &Shape, declared: &Declared) -> Self {
        let mapped = declared.columns().iter();
        let mut names: Vec<_> = mapped
            .map(|mapping| (mapping.column().to_owned(), mapping.field(), Reads::Text))
            .collect();
        for column in shape.columns {
            if declared
                .columns()
                .iter()
                .map(ColumnMapping::field)
                .all(|field| field != column.field)
            {
                let known = column.names.iter();
                names.extend(known.map(|name| ((*name).to_owned(), column.field, column.reads)));
            }
        }
        Self {
            stream,
            unmet: vec![true; declared.columns().len()],
            names,
            dropped: Dropped::default(),
            ahead: true,
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
            let named = self.names.iter().zip(&self.unmet);
            let mut missing = named.filter(|(_, unmet)| **unmet);
            return match missing.next() {
                Some(((_, field, _), _)) => Err(IngestError::MissingColumn {
                    field: field.label(),
                }),
                None => Ok(None),
            };
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
        let reading = Reading {
            names: &self.names,
            unmet: &mut self.unmet,
            dropped: &mut self.dropped,
        };
        let mut source = serde_json::Deserializer::from_str(record);
        let cells = source
            .deserialize_map(reading)
            .and_then(|cells| source.end().map(|()| cells))
            .map_err(|error| broken(&error, place))?;
        Ok(Some(Record {
            line: place.line,
            cells,
        }))
    }
}

impl JsonCells<'_> {
    pub(super) fn cells(&self) -> Cells<'_> {
        Cells::new(self.texts.each_ref().map(|text| text.as_ref()), self.time)
    }
}

impl Drop for JsonCells<'_> {
    fn drop(&mut self) {
        for text in &mut self.texts {
            if let Cow::Owned(copy) = text {
                copy.zeroize();
            }
        }
    }
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

/// Shows each name of the record and its text, where it has one.
pub(super) fn each(
    stream: &JsonStream,
    with: &mut dyn FnMut(&str, &str),
) -> Result<(), IngestError> {
    struct Each<'w>(&'w mut dyn FnMut(&str, &str));
    impl<'de> Visitor<'de> for Each<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<Text<'de>>()? {
                let value: &'de RawValue = map.next_value()?;
                let mut cell = cell(value).map_err(A::Error::custom)?;
                (self.0)(&name.0, cell.as_deref().unwrap_or_default());
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
    source
        .deserialize_map(Each(with))
        .map_err(|error| broken(&error, place))
}

/// Names that were seen and not mapped.
#[derive(Default)]
struct Dropped {
    names: BTreeSet<ShownName>,
    unshown: bool,
}

impl Dropped {
    fn note(&mut self, name: &str) {
        if self.names.iter().any(|known| known.as_str() == name) {
            return;
        }
        match ShownName::of(name).filter(|_| self.names.len() < 256) {
            Some(name) => {
                self.names.insert(name);
            }
            None => self.unshown = true,
        }
    }
}

struct Reading<'n> {
    names: &'n [(String, Field, Reads)],
    unmet: &'n mut [bool],
    dropped: &'n mut Dropped,
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Result<JsonCells<'de>, RejectKind>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = JsonCells {
            texts: [const { Cow::Borrowed("") }; FIELDS.len()],
            time: Reads::Text,
            shaped: false,
        };
        // Which name filled each slot: its rank among the known ones.
        let mut ranks = [usize::MAX; FIELDS.len()];
        let mut seen = vec![false; self.names.len()];
        let mut fault = None;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            let name = name.0;
            let Some(rank) = self.names.iter().position(|(known, ..)| *known == name) else {
                self.dropped.note(&name);
                continue;
            };
            let Some((_, field, reads)) = self.names.get(rank) else {
                continue;
            };
            if let Some(unmet) = self.unmet.get_mut(rank) {
                *unmet = false;
            }
            if seen
                .get_mut(rank)
                .is_some_and(|seen| std::mem::replace(seen, true))
            {
                fault = Some(RejectKind::RepeatedName);
            }
            let (Some(filled), Some(text)) = (
                ranks.get_mut(slot(*field)),
                cells.texts.get_mut(slot(*field)),
            ) else {
                continue;
            };
            let Some(cell) = cell(value).map_err(A::Error::custom)? else {
                fault = Some(RejectKind::NotText);
                continue;
            };
            // A blank does not take the place of another name's text.
            if *filled == usize::MAX || (rank < *filled && !cell.is_empty()) || text.is_empty() {
                (*filled, *text) = (rank, cell);
                if *field == Field::SentAt {
                    cells.time = *reads;
                }
            }
        }
        let has = |field| {
            ranks
                .get(slot(field))
                .is_some_and(|rank| *rank != usize::MAX)
        };
        cells.shaped = has(Field::Number) && has(Field::SentAt);
        Ok(fault.map_or(Ok(cells), Err))
    }
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
