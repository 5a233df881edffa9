//! Which column of a delimited file holds which field.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{Cells, Record, SLOTS, slot, slot_of};
use super::declared::{ColumnMapping, Declared};
use super::delimited::DelimitedReader;
use super::error::IngestError;
use super::guard::Look;
use super::plain_lines::PlainLines;
use super::segment::Segment;
use super::shape::{Reads, Shape};
use super::shown_name::{self, ShownName};
use crate::domain::Field;
use crate::vault::plaintext::RejectKind;

/// The places of the fields in a record, and the names of all columns.
pub(super) struct Header {
    places: [Option<usize>; SLOTS],
    /// How the column of times is read.
    time: Reads,
    width: usize,
    found: Vec<ShownName>,
    dropped: Vec<String>,
}

/// A segment of a delimited file that is read in one format.
pub(super) struct DelimitedLog {
    reader: Records,
    header: Arc<Header>,
}

enum Records {
    Plain(PlainLines),
    Quoted(Box<DelimitedReader<Segment>>),
}

impl DelimitedLog {
    pub(super) fn new(segment: Segment, delimiter: u8, header: Arc<Header>) -> Self {
        let reader = match segment.quoted {
            false => Records::Plain(PlainLines::new(segment, delimiter, header.width)),
            true => Records::Quoted(Box::new(DelimitedReader::of_segment(
                segment,
                delimiter,
                header.width,
            ))),
        };
        Self { reader, header }
    }

    pub(super) fn into_segment(self) -> Segment {
        match self.reader {
            Records::Plain(lines) => lines.into_segment(),
            Records::Quoted(reader) => reader.into_segment(),
        }
    }

    /// The next record's line and cells, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Record<Cells<'_>>>, IngestError> {
        match &mut self.reader {
            Records::Plain(lines) => {
                if !lines.advance()? {
                    return Ok(None);
                }
                let range = |place| lines.range(place);
                record(
                    &self.header,
                    lines.line(),
                    lines.len(),
                    lines.bytes(),
                    range,
                )
                .map(Some)
            }
            Records::Quoted(reader) => {
                if !reader.advance()? {
                    return Ok(None);
                }
                let found = reader.record();
                let range = |place| found.range(place);
                let (line, bytes) = (reader.line(), found.as_slice());
                record(&self.header, line, found.len(), bytes, range).map(Some)
            }
        }
    }
}

/// The cells of a record of so many, each at its range of the bytes.
fn record<'r>(
    header: &Header,
    line: u64,
    cells: usize,
    bytes: &'r [u8],
    range: impl Fn(usize) -> Option<Range<usize>>,
) -> Result<Record<Cells<'r>>, IngestError> {
    // With a cell too many or too few, nobody knows which cell is which,
    // and one of them may be the content.
    if cells != header.width {
        return Ok(Record {
            line,
            cells: Err(RejectKind::WrongCellCount),
        });
    }
    let whole = std::str::from_utf8(bytes).ok();
    let mut texts = [""; SLOTS];
    for (text, place) in texts.iter_mut().zip(header.places) {
        let Some(place) = place else { continue };
        let range = range(place);
        // One check for the whole record; if a dropped column is in
        // another encoding, one for each cell that is kept.
        let cell = match whole {
            Some(whole) => range.and_then(|range| whole.get(range)),
            None => range
                .and_then(|range| bytes.get(range))
                .and_then(|cell| std::str::from_utf8(cell).ok()),
        };
        *text = cell.ok_or(IngestError::NotText { line })?;
    }
    Ok(Record {
        line,
        cells: Ok(Cells::new(texts, header.time).looked_at(Look::of(bytes))),
    })
}

impl Header {
    /// Finds the columns of a format among the names.
    pub(super) fn bind(
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
        // What a mapping names must be there, all of it.
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

    pub(super) fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// What was seen, for the report.
    pub(super) fn evidence(&self) -> String {
        format!("the header has {}", shown_name::join(&self.found))
    }
}

/// The field a column holds, where its cells stand and how they are read: a
/// declared column takes the place of the names that are known for its field.
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
