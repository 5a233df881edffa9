//! A draft of a mapping, from the names of a file's columns and the look of its first cells.
//!
//! Sees the cells of at most a hundred records. Of these the draft says only how times, countries
//! and carriers are written. Names of columns are in it only if they look like names.

use std::fmt::Write as _;
use std::io::{Cursor, Read};

use super::guess::{ColumnLook, TimeGuess, by_name, is_of_the_sender};
use crate::domain::Field;
use crate::ingest::column_name::ShownName;
use crate::ingest::csv::beginning::Beginning;
use crate::ingest::csv::cuts::HowWritten;
use crate::ingest::csv::quoted::DelimitedReader;
use crate::ingest::csv::quotes::Quotes;
use crate::ingest::error::IngestError;
use crate::ingest::guard::columns::is_content;
use crate::ingest::json::layout::{Layout, Written};
use crate::ingest::json::look::{each_text, way_in};
use crate::ingest::json::path::JsonPath;
use crate::ingest::json::stream::JsonStream;
use crate::ingest::record::MAX_RECORD_BYTES;
use crate::ingest::rows::cells::FIELDS;
use crate::ingest::unpack::peek::peek_far;
use crate::ingest::unpack::text::{FileText, Sheet};

/// A column of the file, and what its cells look like.
struct DraftColumn {
    name: Option<ShownName>,
    content: bool,
    look: ColumnLook,
}

impl DraftColumn {
    fn new(name: &str) -> Self {
        Self {
            name: ShownName::of(name),
            content: is_content(name) || JsonPath::parse(name).holds_content(),
            look: ColumnLook::default(),
        }
    }

    /// The field that its name makes likely.
    fn named(&self) -> Option<Field> {
        let name = self.name.as_ref().filter(|_| !self.content)?;
        match by_name(name.as_str()) {
            // A region is a part of a country to some, and a country to others.
            Some(Field::State) if self.look.is_countries() => Some(Field::Country),
            found => found,
        }
    }

    /// The field that its cells make likely.
    fn looks(&self) -> Option<Field> {
        let name = self.name.as_ref().filter(|_| !self.content)?;
        let sender = is_of_the_sender(name.as_str());
        self.look.field().filter(|_| !sender)
    }
}

/// Drafts the text of a mapping for the file, for somebody to check and complete.
///
/// # Errors
///
/// `Empty` or `NoHeader` if the file has no records or no names of columns, and what unpacking and
/// reading its beginning fails with.
pub fn draft(source: Box<dyn Read + Send>) -> Result<String, IngestError> {
    let FileText {
        mut source,
        first,
        sheet,
    } = FileText::open(source, None)?;
    let head = peek_far(&mut source, MAX_RECORD_BYTES)?;
    let written = match sheet {
        Some(_) => Written::Other,
        None => Written::of(&head),
    };
    let source: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(source));
    let layout = Layout::usual(written == Written::LogLines);
    let (container, columns) = match (written, first) {
        (Written::Other, _) => ("csv", of_delimited(source, sheet)?),
        (Written::Json, b'[') => ("json", of_json(layout.stream(source))?),
        _ => ("ndjson", of_json(layout.stream(source))?),
    };
    Ok(write(container, &columns))
}

fn of_delimited(
    source: Box<dyn Read + Send>,
    sheet: Option<Sheet>,
) -> Result<Vec<DraftColumn>, IngestError> {
    let written = HowWritten {
        quotes: sheet.as_ref().map_or(Quotes::Auto, |_| Quotes::None),
        delimiter: sheet.map(|_| Sheet::DELIMITER),
        // A line before the header has hardly two names of columns in it.
        is_header: &|names| {
            let known = names.iter().filter(|name| by_name(name).is_some());
            known.count() > 1
        },
    };
    let beginning = Beginning::read(source, written)?;
    let names = beginning.names();
    let mut columns: Vec<_> = names.into_iter().map(DraftColumn::new).collect();
    // If hardly any cell of the first line looks like a name, it is a line of data.
    let shown = columns.iter().filter(|column| column.name.is_some());
    if shown.count() * 2 < columns.len().max(2) {
        return Err(IngestError::NoHeader);
    }
    let delimiter = beginning.cuts.delimiter();
    let mut reader = DelimitedReader::of_segment(beginning.first, delimiter, 0);
    for _ in 0..RECORDS {
        if !reader.advance()? {
            break;
        }
        for (column, cell) in columns.iter_mut().zip(reader.record()) {
            if !column.content
                && let Ok(cell) = std::str::from_utf8(cell)
            {
                column.look.see(cell);
            }
        }
    }
    Ok(columns)
}

fn of_json(mut stream: JsonStream) -> Result<Vec<DraftColumn>, IngestError> {
    let mut names: Vec<String> = Vec::new();
    let mut columns: Vec<DraftColumn> = Vec::new();
    // Names are as in a mapping: those of the record proper, if it is inside another.
    let likely = |name: &str, cell: &str| {
        let mut look = ColumnLook::default();
        look.see(cell);
        look.field().or_else(|| by_name(name)).is_some()
    };
    let mut way = None;
    for _ in 0..RECORDS {
        if !stream.advance()? {
            break;
        }
        let way = way.get_or_insert_with(|| way_in(&stream, &likely));
        each_text(&stream, way, &mut |name, cell| {
            let known = names.iter().position(|known| known == name);
            let at = known.unwrap_or(names.len());
            if known.is_none() && names.len() < COLUMNS {
                names.push(name.to_owned());
                columns.push(DraftColumn::new(name));
            }
            if let Some(column) = columns.get_mut(at).filter(|column| !column.content) {
                column.look.see(cell);
            }
        })?;
    }
    if columns.is_empty() {
        return Err(IngestError::Empty);
    }
    Ok(columns)
}

fn write(container: &str, columns: &[DraftColumn]) -> String {
    let mut text = format!("{HEAD}container = \"{container}\"\n");
    let mut taken = vec![false; columns.len()];
    for field in FIELDS {
        let is = |of: fn(&DraftColumn) -> Option<Field>| {
            columns.iter().position(|column| of(column) == Some(field))
        };
        let found = is(DraftColumn::named).or_else(|| {
            let mut free = columns.iter().zip(&taken);
            free.position(|(column, taken)| {
                !*taken && column.named().is_none() && column.looks() == Some(field)
            })
        });
        let Some(at) = found else {
            if matches!(field, Field::Number | Field::SentAt) {
                let label = field.label();
                let _ = write!(
                    text,
                    "\n# Required: which column is it?\n# [{label}]\n# column = \"\"\n"
                );
                write_candidates(&mut text, field, columns);
            }
            continue;
        };
        if let (Some(column), Some(taken)) = (columns.get(at), taken.get_mut(at)) {
            *taken = true;
            write_field(&mut text, field, column);
        }
    }
    write_rest(&mut text, columns, &taken);
    text
}

/// Columns of digits that may be numbers without a plus, or seconds since 1970. The reader of the
/// draft knows which.
fn write_candidates(text: &mut String, field: Field, columns: &[DraftColumn]) {
    for column in columns {
        let open = column.named().is_none() && !column.content;
        let Some(name) = column.name.as_ref().filter(|_| open) else {
            continue;
        };
        if !column.look.is_number_or_time() {
            continue;
        }
        let name = name.as_str();
        let _ = writeln!(
            text,
            "# Number, or time? Its cells are digits only:\n# column = \"{name}\""
        );
        if let (Field::SentAt, TimeGuess::One(form)) = (field, column.look.times()) {
            let _ = writeln!(text, "# time = \"{form}\"");
        }
    }
}

fn write_field(text: &mut String, field: Field, column: &DraftColumn) {
    let name = column.name.as_ref().map_or("", ShownName::as_str);
    let _ = write!(text, "\n[{}]\ncolumn = \"{name}\"\n", field.label());
    let form = match field {
        Field::Country => column.look.country_form(),
        Field::Carrier => column.look.carrier_form(),
        _ => None,
    };
    if let Some(form) = form {
        let _ = writeln!(text, "form = \"{form}\"");
    }
    if field != Field::SentAt {
        return;
    }
    let _ = match column.look.times() {
        TimeGuess::Nothing => writeln!(text, "# time = \"\"  # such as %d/%m/%Y %H:%M:%S"),
        TimeGuess::One(one) if one.contains(' ') && !one.contains('%') => {
            writeln!(text, "# written as {one}: no key needed")
        }
        TimeGuess::One(one) => writeln!(text, "time = \"{one}\""),
        TimeGuess::Either(one, other) => writeln!(
            text,
            "# Day and month look the same here; choose the right one:\n# time = \"{one}\"\n# time = \"{other}\""
        ),
    };
    if column.look.needs_a_zone() {
        text.push_str("# The times name no zone; declare it:\n# zone = \"UTC\"\n");
    }
}

fn write_rest(text: &mut String, columns: &[DraftColumn], taken: &[bool]) {
    let (mut content, mut rest) = (Vec::new(), Vec::new());
    for (at, (column, taken)) in columns.iter().zip(taken).enumerate() {
        let shown = column.name.clone();
        let shown = shown.unwrap_or_else(|| ShownName::of_column(at));
        match (column.content, taken) {
            (true, _) => content.push(shown),
            (false, false) => rest.push(shown),
            (false, true) => {}
        }
    }
    for (head, names) in [
        ("Message content; never read:", content),
        ("Not read unless you map them:", rest),
    ] {
        if names.is_empty() {
            continue;
        }
        let _ = write!(text, "\n# {head}\n");
        for name in names {
            let _ = writeln!(text, "#   {name}");
        }
    }
}

/// How many records are looked at.
const RECORDS: usize = 100;
/// How many different names of JSON members are looked at.
const COLUMNS: usize = 256;
const HEAD: &str = "# A draft: check and complete it, then admit the file with it.\n\
    # docs/mapping.md lists the keys.\n";
