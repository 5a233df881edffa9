//! A delimited file before its format is known: how it may be written, and what its first records look like.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read};

use zeroize::Zeroizing;

use super::column_name::{ShownName, fold};
use super::csv::beginning::Beginning;
use super::csv::cuts::HowWritten;
use super::csv::dialect::unquoted;
use super::csv::header::{day_and_clock, has_digits, hash_of, number_and_time};
use super::csv::quoted::DelimitedReader;
use super::csv::quotes::Quotes;
use super::declared::Declared;
use super::error::IngestError;
use super::formats;
use super::formats::shape::{Reads, Shape, Syntax};
use super::mapping::column::ColumnMapping;
use super::mapping::country_column::CountryLook;
use super::unpack::sheet::Sheet;
use crate::domain::Format;

/// How a delimited file may be written.
pub(super) struct Delimited {
    /// The shapes it may have, by what was declared.
    pub(super) shapes: Vec<Shape>,
    /// Somebody said that it is one.
    pub(super) is_said: bool,
    pub(super) quotes: Quotes,
    pub(super) delimiter: Option<u8>,
}

impl Delimited {
    pub(super) fn of(declared: &Declared, sheet: Option<&Sheet>) -> Self {
        let shapes = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => vec![mapping.shape()],
            (None, Some(format)) => vec![formats::shape(format)],
            (None, None) => {
                let shapes = Format::ALL.map(formats::shape).into_iter();
                shapes
                    .filter(|shape| shape.syntax == Syntax::Delimited)
                    .collect()
            }
        };
        let mut said = shapes.iter().map(|shape| shape.syntax);
        Self {
            is_said: (declared.mapping.is_some() || declared.format.is_some())
                && said.any(|syntax| syntax == Syntax::Delimited),
            shapes,
            // The rows of a sheet are written without quotes.
            quotes: sheet.map_or(declared.quotes, |_| Quotes::None),
            delimiter: sheet.map(|_| Sheet::DELIMITER),
        }
    }

    /// Reads the header.
    pub(super) fn beginning(
        &self,
        source: Box<dyn Read + Send>,
        declared: &Declared,
    ) -> Result<Beginning, IngestError> {
        let written = HowWritten {
            quotes: self.quotes,
            delimiter: self.delimiter,
            is_header: &|names| {
                let mut shapes = self.shapes.iter();
                let shape = shapes.find(|shape| is_header(shape, names, declared))?;
                Some(number_and_time(shape, names, declared))
            },
        };
        Beginning::read(source, written)
    }
}

/// True if these are the names of the columns of a file of this shape, and not a line before them.
pub(super) fn is_header(shape: &Shape, names: &[&str], declared: &Declared) -> bool {
    let names = called(names.to_vec(), declared);
    let names: Vec<&str> = names.iter().map(Cow::as_ref).collect();
    let names = names.as_slice();
    let has = |column: &ColumnMapping| names.iter().any(|name| column.names(name));
    if declared.mapping.is_some() {
        let mut columns = shape.columns.iter();
        return columns.all(|column| {
            let mut names = names.iter();
            names.any(|name| column.names.contains(&fold(name)))
        });
    }
    match declared.columns.is_empty() {
        true => fits(shape, names, declared),
        false => declared.columns.iter().all(has),
    }
}

/// The names of the columns. One that may not be shown, or that another has too, is called `column 7`, if somebody
/// calls it so.
pub(super) fn called<'n>(names: Vec<&'n str>, declared: &Declared) -> Vec<Cow<'n, str>> {
    if declared.columns.is_empty() && declared.mapping.is_none() && declared.drop.is_empty() {
        return names.into_iter().map(Cow::Borrowed).collect();
    }
    let mut once = HashSet::new();
    let mut twice = HashSet::new();
    for name in names.iter().map(|name| fold(name)) {
        if let Some(known) = once.replace(name) {
            twice.insert(known);
        }
    }
    let called = names.into_iter().enumerate().map(|(index, name)| {
        let place = ShownName::of_column(index);
        let unclear = ShownName::of(name).is_none() || twice.contains(&fold(name));
        match unclear && declared.names(place.as_str()) {
            true => Cow::Owned(place.to_string()),
            false => Cow::Borrowed(name),
        }
    });
    called.collect()
}

/// What the columns of a delimited file look like, by place, if one may be a column of countries. `head` is the
/// beginning of the file.
pub(super) fn country_looks(
    head: &[u8],
    delimited: &Delimited,
    declared: &Declared,
) -> Vec<CountryLook> {
    let mut looks: Vec<CountryLook> = Vec::new();
    each_record(head, delimited, declared, |record| {
        if looks.len() < record.len() {
            looks.resize_with(record.len(), CountryLook::default);
        }
        for (look, cell) in looks.iter_mut().zip(record) {
            if let Ok(cell) = std::str::from_utf8(cell) {
                look.see(unquoted(cell));
            }
        }
    });
    looks
}

/// True if the names are those of the columns that identify the shape.
pub(super) fn fits(shape: &Shape, names: &[&str], declared: &Declared) -> bool {
    let both = day_and_clock(shape, names, declared);
    shape.fits(|field| {
        let mut columns = names
            .iter()
            .filter_map(|name| Some((name, shape.column(name)?)));
        columns.any(|(name, column)| {
            // A column of a name such as `Sent date` needs its time of day; these two names may hold both.
            let alone = !matches!(column.reads, Reads::Day | Reads::Clock)
                || matches!(fold(name).as_str(), "date" | "time");
            column.field == field && (alone || both)
        })
    })
}

/// By column: hashes of the cells of the first records.
pub(super) fn seen_cells(
    (head, delimited): (&[u8], &Delimited),
    declared: &Declared,
) -> Vec<HashSet<u64>> {
    let mut seen: Vec<HashSet<u64>> = Vec::new();
    let mut records = 0;
    each_record(head, delimited, declared, |record| {
        records += 1;
        if records > SEEN_RECORDS {
            return;
        }
        if seen.is_empty() {
            seen.resize_with(record.len(), HashSet::new);
        }
        let cells = record.iter().map(std::str::from_utf8);
        let cells = cells.map(Result::unwrap_or_default).map(unquoted);
        // A line of names may be among them, and has neither a number nor a time.
        if cells.clone().any(has_digits) {
            let cells = seen.iter_mut().zip(cells);
            cells.for_each(|(seen, cell)| {
                seen.insert(hash_of(cell));
            });
        }
    });
    seen
}

/// Calls `with` for the first records of a delimited file. `head` is its beginning.
pub(super) fn each_record(
    head: &[u8],
    delimited: &Delimited,
    declared: &Declared,
    mut with: impl FnMut(&csv::ByteRecord),
) {
    let end = head.iter().rposition(|byte| *byte == b'\n');
    let lines = end.map_or(head, |end| head.get(..=end).unwrap_or(head));
    let copy = Cursor::new(Zeroizing::new(lines.to_vec()));
    let Ok(beginning) = delimited.beginning(Box::new(copy), declared) else {
        return;
    };
    let delimiter = beginning.cuts.delimiter();
    let mut reader = DelimitedReader::of_segment(beginning.first, delimiter, 0);
    for _ in 0..FIRST_RECORDS {
        if !matches!(reader.advance(), Ok(true)) {
            break;
        }
        with(reader.record());
    }
}

/// How many records are looked at.
const FIRST_RECORDS: usize = 1000;
/// How many records are looked at for values that are no names of columns.
const SEEN_RECORDS: usize = 200;
