//! Which column of a delimited file holds which field.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use zeroize::Zeroizing;

use super::dialect::Places;
use crate::domain::Field;
use crate::ingest::column_name::{self, ShownName, fold, may_be_a_name};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::mapping::recipient_column::{gets_something, has_another};
use crate::ingest::mapping::usual_names::{by_name, is_of_the_sender, listed};
use crate::ingest::rows::cells::{CLOCK, Cells, SLOTS, slot, slot_of};
use crate::ingest::rows::nothing::says_nothing;

/// The column of each field, and the names of the columns that are read and not read.
pub(in crate::ingest) struct Header {
    /// By slot of a record's cells: the column, counted from 0.
    pub(super) places: [Option<usize>; SLOTS],
    /// How the column of times is read.
    pub(super) time: Reads,
    /// How many columns there are.
    pub(super) width: usize,
    found: Vec<ShownName>,
    /// Columns that are not read: their places and their names.
    dropped: Vec<(usize, ShownName)>,
    /// By slot: the folded name of the column.
    names: [String; SLOTS],
    /// The folded names of all columns, also of those that are not read.
    all: Vec<String>,
    /// Folded names that a column of numbers and one of times may have.
    numbers: Vec<String>,
    times: Vec<String>,
    /// By column: hashes of the cells of the first records.
    seen: Vec<HashSet<u64>>,
    /// Columns that are not read, and in which a row may have the number of somebody else.
    watched: Vec<usize>,
}

impl Header {
    /// Finds the columns of a format among the names of the header.
    pub(in crate::ingest) fn bind(
        shape: &Shape,
        names: &[&str],
        declared: &Declared,
    ) -> Result<Self, IngestError> {
        let mut places = [None; SLOTS];
        let mut bound = Self {
            places,
            time: Reads::Text,
            width: names.len(),
            found: vec![],
            dropped: vec![],
            names: Default::default(),
            all: names.iter().map(|name| fold(name)).collect(),
            numbers: names_of(shape, declared, Field::Number),
            times: names_of(shape, declared, Field::SentAt),
            seen: Vec::new(),
            watched: Vec::new(),
        };
        let both = day_and_clock(shape, names, declared);
        for (index, name) in names.iter().enumerate() {
            let shown = ShownName::of(name);
            let held = holds(shape, name, &declared.columns);
            let Some((field, at, reads)) = held.filter(|_| !declared.drops(name)) else {
                let shown = shown.unwrap_or_else(|| ShownName::of_column(index));
                bound.dropped.push((index, shown));
                continue;
            };
            let shown = shown.unwrap_or_else(|| ShownName::of_column(index));
            // One of the two alone is a whole time.
            let at = match reads {
                Reads::Clock if !both => slot(field),
                _ => at,
            };
            let Some(place) = places.get_mut(at) else {
                continue;
            };
            if field == Field::SentAt && at != CLOCK {
                bound.time = match reads {
                    Reads::Day if !both => Reads::Text,
                    _ => reads,
                };
            }
            if let Some(first) = place.replace(index) {
                return Err(two_columns(field, names, [first, index]));
            }
            if let Some(folded) = bound.names.get_mut(at) {
                *folded = fold(name);
            }
            bound.found.push(shown);
        }
        bound.places = places;
        let absent = |field: &'static str, column: &str| IngestError::NoSuchColumn {
            field,
            column: ShownName::of(column),
            columns: listed(names, true),
        };
        let mut dropped = declared.drop.iter();
        if let Some(name) = dropped.find(|name| !names.iter().any(|has| fold(has) == fold(name))) {
            return Err(absent("drop", name));
        }
        for mapped in &declared.columns {
            if !names.iter().any(|name| mapped.names(name)) {
                return Err(absent(mapped.field().label(), mapped.column()));
            }
        }
        // Every column that a mapping names must be there.
        let named = shape.columns.iter().filter(|_| declared.mapping.is_some());
        for column in named {
            if places.get(slot_of(column)).is_none_or(Option::is_none) {
                let said = column.names.first().map_or("", String::as_str);
                let mapping = declared.mapping.as_ref();
                let named = mapping.and_then(|mapping| mapping.column_folded_as(said));
                return Err(absent(column.field.label(), named.unwrap_or(said)));
            }
        }
        for field in shape.required.iter().copied() {
            let given = field == Field::Account && declared.account.is_some();
            if places.get(slot(field)).is_none_or(Option::is_none) && !given {
                return Err(IngestError::MissingColumn {
                    field: field.label(),
                });
            }
        }
        Ok(bound)
    }

    /// The names of the columns that are not read; of very many the first ones, and how many more there are.
    pub(in crate::ingest) fn dropped(&self) -> Vec<String> {
        let shown = self.dropped.iter().take(NAMED);
        let shown = shown.map(|(_, name)| name.to_string());
        let more = self.dropped.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("(and {more} more columns)"));
        shown.chain(more).collect()
    }

    /// The columns that are not read: their places, counted from 0, and their names.
    pub(in crate::ingest) fn dropped_columns(&self) -> &[(usize, ShownName)] {
        &self.dropped
    }

    /// The column of the field, counted from 0.
    pub(in crate::ingest) fn place(&self, field: Field) -> Option<usize> {
        self.places.get(slot(field)).copied().flatten()
    }

    /// Which known columns there are, for the report.
    pub(in crate::ingest) fn evidence(&self) -> String {
        format!("the header has {}", column_name::join(&self.found))
    }

    /// The columns of the number and of the time.
    pub(super) fn number_and_time(&self) -> Places {
        (self.place(Field::Number), self.place(Field::SentAt))
    }

    /// True if the cells that are kept are the names of their columns: the header once more.
    pub(super) fn is_repeated(&self, cells: &Cells<'_>) -> bool {
        let mut pairs = self.names.iter().zip(cells.all());
        pairs.all(|(name, cell)| name.is_empty() || *name == fold(cell.trim_matches('"')))
    }

    /// True if the cells of the number and of the time may be names of columns: they say something, and have no
    /// digits of a number or a time.
    pub(super) fn may_be_another(&self, cells: &Cells<'_>) -> bool {
        let [number, time] = [Field::Number, Field::SentAt].map(|field| cells.value(field));
        let may_be = |cell: &str| !cell.is_empty() && !has_digits(cell);
        may_be(number) && may_be(time)
    }

    /// True if the texts are the names of other columns. They are if there are names of a number and of a time among
    /// them, or if at least half of them are names of this header. `texts` are all cells of a record, also those of
    /// columns that are not read: a column that was not read before may be one that is read now.
    pub(super) fn is_another(&self, texts: &[&str]) -> bool {
        if texts.iter().any(|text| has_digits(text)) {
            return false;
        }
        let (mut number, mut time) = (false, false);
        let (mut some, mut known) = (0, 0);
        for text in texts.iter().filter(|text| text.len() <= 48) {
            let folded = fold(text);
            if folded.trim().is_empty() {
                continue;
            }
            let usual = by_name(text);
            number |= self.numbers.contains(&folded) || usual == Some(Field::Number);
            time |= self.times.contains(&folded) || usual == Some(Field::SentAt);
            some += 1;
            known += usize::from(self.all.contains(&folded));
        }
        number && time || known > 1 && known * 2 >= some || self.is_of_names(texts)
    }

    /// The same with the cells of the first records, which tell names from values. Of these only hashes are kept.
    pub(in crate::ingest) fn with_seen(mut self, seen: Vec<HashSet<u64>>) -> Self {
        self.seen = seen;
        self
    }

    /// The same with columns in which no record may have the number of somebody else than the one that is read.
    pub(in crate::ingest) fn with_watched(mut self, watched: Vec<usize>) -> Self {
        self.watched = watched;
        self
    }

    /// Whether such a column has the number of somebody else in a record, of which `text` gives the cells.
    pub(super) fn has_other_number<'r>(&self, text: impl Fn(usize) -> Option<&'r str>) -> bool {
        let Some(read) = self
            .place(Field::Number)
            .filter(|_| !self.watched.is_empty())
        else {
            return false;
        };
        let read = text(read).unwrap_or_default();
        let mut cells = self.watched.iter().filter_map(|at| text(*at));
        cells.any(|cell| has_another(cell, read))
    }

    /// True if the texts may be names that nobody knows: each says something, is no value that the column has, and
    /// no other one is the same. And one of them is usual for who sends or gets something, or they are numbered:
    /// otherwise it is a row that cannot be read.
    fn is_of_names(&self, texts: &[&str]) -> bool {
        if texts.len() != self.width || self.seen.len() != self.width || texts.len() < 3 {
            return false;
        }
        let is_usual = |text: &&str| {
            is_of_the_sender(text)
                || gets_something(text)
                || matches!(by_name(text), Some(Field::Number | Field::SentAt))
        };
        if !texts.iter().any(is_usual) && !are_numbered(texts) {
            return false;
        }
        let is_name = |text: &str| {
            may_be_a_name(text) && text.len() <= 48 && !says_nothing(Field::MessageRef, text)
        };
        let mut folded = HashSet::new();
        let mut cells = texts.iter().zip(&self.seen);
        cells.all(|(text, seen)| {
            let hash = hash_of(text);
            is_name(text) && !seen.contains(&hash) && folded.insert(hash)
        })
    }
}

/// True for `col1`, `col2`, `col3` and for `1`, `2`, `3`.
fn are_numbered(texts: &[&str]) -> bool {
    let parts = texts.iter().map(|text| {
        let stem = text.trim_end_matches(|c: char| c.is_ascii_digit());
        let number: u32 = text.get(stem.len()..)?.parse().ok()?;
        Some((stem, number))
    });
    let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let follows = |two: &[(&str, u32)]| match two {
        [(one, no), (other, next)] => one == other && no.checked_add(1) == Some(*next),
        _ => false,
    };
    parts.windows(2).all(follows)
}

/// The hash of a cell, whatever its case.
pub(in crate::ingest) fn hash_of(cell: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    Zeroizing::new(fold(cell.trim())).hash(&mut hasher);
    hasher.finish()
}

/// True for as many digits as a time or a number has, and no name of a column.
pub(in crate::ingest) fn has_digits(text: &str) -> bool {
    text.chars().filter(|c| c.is_numeric()).count() >= 6
}

/// True if the header has a column of days and one of times of day, and no other column of times.
pub(in crate::ingest) fn day_and_clock(shape: &Shape, names: &[&str], declared: &Declared) -> bool {
    let has = |wanted: Reads| {
        let mut held = names
            .iter()
            .filter_map(|name| holds(shape, name, &declared.columns));
        held.any(|(.., reads)| reads == wanted)
    };
    (has(Reads::Day) || declared.mapping.is_some()) && has(Reads::Clock)
}

/// The columns of the number and of the time, or of its day.
pub(in crate::ingest) fn number_and_time(
    shape: &Shape,
    names: &[&str],
    declared: &Declared,
) -> Places {
    let place = |wanted| {
        let mut names = names.iter();
        names.position(|name| {
            let held = holds(shape, name, &declared.columns);
            held.is_some_and(|(field, at, _)| field == wanted && at != CLOCK)
        })
    };
    (place(Field::Number), place(Field::SentAt))
}

/// The columns of numbers, counted from 0.
pub(in crate::ingest) fn numbers(shape: &Shape, names: &[&str], declared: &Declared) -> Vec<usize> {
    let is_number = |name: &str| {
        let held = holds(shape, name, &declared.columns);
        held.is_some_and(|(field, ..)| field == Field::Number) && !declared.drops(name)
    };
    let places = names.iter().enumerate();
    let numbers = places.filter(|(_, name)| is_number(name));
    numbers.map(|(at, _)| at).collect()
}

/// The error of two columns for one field, counted from 0. Columns of one name are told apart by their places.
pub(in crate::ingest) fn two_columns(
    field: Field,
    names: &[&str],
    columns: [usize; 2],
) -> IngestError {
    let [one, other] = columns;
    let [first, second] = [one.min(other), one.max(other)];
    let [name, next] = [first, second].map(|at| names.get(at).copied().unwrap_or_default());
    let shown = |at: usize, text: &str| {
        let shown = ShownName::of(text).filter(|_| fold(name) != fold(next));
        shown.unwrap_or_else(|| ShownName::of_column(at))
    };
    IngestError::TwoColumns {
        field: field.label(),
        first: shown(first, name),
        second: shown(second, next),
    }
}

/// The field a column holds, the slot of its cells, and how they are read. A declared column
/// replaces the names that the format knows for its field.
fn holds(shape: &Shape, name: &str, declared: &[ColumnMapping]) -> Option<(Field, usize, Reads)> {
    if let Some(mapping) = declared.iter().find(|mapping| mapping.names(name)) {
        return Some((mapping.field(), slot(mapping.field()), Reads::Text));
    }
    let column = shape.column(name)?;
    declared
        .iter()
        .all(|mapping| mapping.field() != column.field)
        .then(|| (column.field, slot_of(column), column.reads))
}

/// How many columns that are not read are named.
const NAMED: usize = 256;

/// The folded names that a column of a field may have.
fn names_of(shape: &Shape, declared: &Declared, field: Field) -> Vec<String> {
    let known = shape.columns.iter().filter(|column| column.field == field);
    let known = known.flat_map(|column| column.names.iter().cloned());
    let mapped = declared.columns.iter();
    let mapped = mapped.filter(|mapping| mapping.field() == field);
    known
        .chain(mapped.map(|mapping| fold(mapping.column())))
        .collect()
}
