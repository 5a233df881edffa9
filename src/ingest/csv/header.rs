//! Which column of a delimited file holds which field.

use crate::domain::Field;
use crate::ingest::column_name::{self, ShownName, fold};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::rows::cells::{CLOCK, Cells, SLOTS, slot, slot_of};

/// The column of each field, and the names of the columns that are read and not read.
pub(in crate::ingest) struct Header {
    /// By slot of a record's cells: the column, counted from 0.
    pub(super) places: [Option<usize>; SLOTS],
    /// How the column of times is read.
    pub(super) time: Reads,
    /// How many columns there are.
    pub(super) width: usize,
    found: Vec<ShownName>,
    dropped: Vec<String>,
    /// By slot: the folded name of the column.
    names: [String; SLOTS],
    /// Folded names that a column of numbers and one of times may have.
    numbers: Vec<String>,
    times: Vec<String>,
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
            numbers: names_of(shape, declared, Field::Number),
            times: names_of(shape, declared, Field::SentAt),
        };
        let both = day_and_clock(shape, names, declared);
        for (index, name) in names.iter().enumerate() {
            let shown = ShownName::of(name);
            let Some((field, at, reads)) = holds(shape, name, &declared.columns) else {
                bound.dropped.push(
                    shown
                        .unwrap_or_else(|| ShownName::of_column(index))
                        .to_string(),
                );
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
                bound.time = reads;
            }
            if let Some(first) = place.replace(index) {
                let first = names.get(first).and_then(|name| ShownName::of(name));
                let first = first.unwrap_or_else(|| ShownName::of_column(0));
                return Err(IngestError::TwoColumns {
                    field: field.label(),
                    first,
                    second: shown,
                });
            }
            if let Some(folded) = bound.names.get_mut(at) {
                *folded = fold(name);
            }
            bound.found.push(shown);
        }
        let mapped = declared.columns.iter().map(ColumnMapping::field);
        for field in shape.required.iter().copied().chain(mapped) {
            let given = field == Field::Account && declared.account.is_some();
            if places.get(slot(field)).is_none_or(Option::is_none) && !given {
                return Err(IngestError::MissingColumn {
                    field: field.label(),
                });
            }
        }
        // Every column that a mapping names must be there.
        let named = shape.columns.iter().filter(|_| declared.mapping.is_some());
        for column in named {
            if places.get(slot_of(column)).is_none_or(Option::is_none) {
                return Err(IngestError::MissingColumn {
                    field: column.field.label(),
                });
            }
        }
        bound.places = places;
        Ok(bound)
    }

    pub(in crate::ingest) fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Which known columns there are, for the report.
    pub(in crate::ingest) fn evidence(&self) -> String {
        format!("the header has {}", column_name::join(&self.found))
    }

    /// The columns of the number and of the time.
    pub(super) fn number_and_time(&self) -> (Option<usize>, Option<usize>) {
        let place = |field| self.places.get(slot(field)).copied().flatten();
        (place(Field::Number), place(Field::SentAt))
    }

    /// True if the cells that are kept are the names of their columns: the header once more.
    pub(super) fn is_repeated(&self, cells: &Cells<'_>) -> bool {
        let mut pairs = self.names.iter().zip(cells.all());
        pairs.all(|(name, cell)| name.is_empty() || *name == fold(cell))
    }

    /// True if the texts are names of columns, with those of a number and of a time among them.
    pub(super) fn is_another<'t>(&self, texts: impl Iterator<Item = &'t str>) -> bool {
        let (mut number, mut time) = (false, false);
        for text in texts.filter(|text| text.len() <= 48) {
            let folded = fold(text);
            number |= self.numbers.contains(&folded);
            time |= self.times.contains(&folded);
        }
        number && time
    }
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
