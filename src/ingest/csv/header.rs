//! Which column of a delimited file holds which field.

use crate::domain::Field;
use crate::ingest::column_name::{self, ShownName};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::{Reads, Shape};
use crate::ingest::mapping::column::ColumnMapping;
use crate::ingest::rows::cells::{SLOTS, slot, slot_of};

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
        };
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
            let Some(place) = places.get_mut(at) else {
                continue;
            };
            if field == Field::SentAt {
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
