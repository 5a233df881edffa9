//! A draft of a mapping, from the names of a file's columns and the look of its first cells.
//!
//! Sees the cells of at most a hundred records. Of these the draft says only how times, countries
//! and carriers are written. Names of columns are in it only if they look like names.

use std::io::{Cursor, Read};

use zeroize::Zeroizing;

use super::column_look::ColumnLook;
use super::draft_column::DraftColumn;
use super::draft_text::DraftText;
use super::first_line::FirstLine;
use super::usual_names::by_name;
use crate::domain::Field;
use crate::ingest::column_name::ShownName;
use crate::ingest::csv::beginning::Beginning;
use crate::ingest::csv::cuts::HowWritten;
use crate::ingest::csv::dialect::unquoted;
use crate::ingest::csv::quoted::DelimitedReader;
use crate::ingest::csv::quotes::{Quotes, other_quotes};
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::json::layout::{Layout, Written};
use crate::ingest::json::look::{each_text, is_likely_record};
use crate::ingest::json::no_record::cause_in_json;
use crate::ingest::opening::one_cell;
use crate::ingest::record::MAX_RECORD_BYTES;
use crate::ingest::unpack::peek::peek_far;
use crate::ingest::unpack::sheet::Sheet;
use crate::ingest::unpack::text::FileText;

/// Drafts the text of a mapping for the file, for somebody to check and complete. `sheet` names the sheet of a
/// workbook; without it, it is the first.
///
/// # Errors
///
/// `Empty` or `NoHeader` if the file has no records or no names of columns, and what unpacking and
/// reading its beginning fails with.
pub fn draft(source: Box<dyn Read + Send>, sheet: Option<&str>) -> Result<String, IngestError> {
    let look = look(source, sheet)?;
    match look.has_names {
        true => Ok(look.mapping),
        false => Err(IngestError::NoHeader),
    }
}

/// What the beginning of a file shows, without a cell of it.
pub struct FileLook {
    /// The columns, at most 256 of them, in the order of the file.
    pub columns: Vec<LookedColumn>,
    /// Whether the columns have names. If not, the first line seems to be data, and columns are called by their places.
    pub has_names: bool,
    /// The text of a drafted mapping; without names of columns, what is to be done first.
    pub mapping: String,
}

/// A column of a file.
pub struct LookedColumn {
    /// Its name, or `column 7` if that might be a cell.
    pub name: String,
    /// The field that it is likely to hold.
    pub field: Option<Field>,
    /// What kind of values it has.
    pub values: String,
}

/// Looks at the names of a file's columns and at the kinds of its first values.
///
/// # Errors
///
/// As [`draft`], but for `NoHeader`: columns without names are called by their places.
pub fn look(source: Box<dyn Read + Send>, sheet: Option<&str>) -> Result<FileLook, IngestError> {
    let named = sheet.is_some();
    let FileText {
        mut source,
        first,
        sheet,
    } = FileText::open(source, sheet)?;
    let head = peek_far(&mut source, MAX_RECORD_BYTES)?;
    let written = match sheet {
        Some(_) => Written::Other,
        None => Written::of(&head),
    };
    let layout = match written {
        Written::Other => None,
        _ => Some(Layout::by_look(
            &head,
            written == Written::LogLines,
            &is_likely,
        )),
    };
    let again = Zeroizing::new(head.to_vec());
    let source: Box<dyn Read + Send> = Box::new(Cursor::new(head).chain(source));
    let said = sheet.as_ref().filter(|_| named).map(Sheet::title);
    let (container, (columns, has_names)) = match (layout, written, first) {
        (None, ..) => ("csv", of_delimited(source, sheet)?),
        (Some(layout), Written::Json, b'[') => ("json", (of_json(source, &layout)?, true)),
        (Some(layout), ..) => {
            let columns = of_json(source, &layout);
            let columns = columns.map_err(|error| cause_in_json(&again, error))?;
            ("ndjson", (columns, true))
        }
    };
    let looked = columns.iter().enumerate().take(COLUMNS);
    let looked = looked.map(|(at, column)| {
        let name = column.name.clone().filter(|_| has_names);
        let field = match has_names {
            true => column.named().or_else(|| column.looks()),
            false => column.look.field(),
        };
        LookedColumn {
            name: name.unwrap_or_else(|| ShownName::of_column(at)).to_string(),
            field,
            values: column.values(),
        }
    });
    Ok(FileLook {
        columns: looked.collect(),
        has_names,
        mapping: match has_names {
            true => DraftText::of(container, said.as_deref(), &columns),
            false => NO_NAMES.to_owned(),
        },
    })
}

/// Whether a member of a record is likely to be of a field.
fn is_likely(name: &str, cell: &str) -> bool {
    by_name(name).is_some() || {
        let mut look = ColumnLook::default();
        look.see(cell);
        look.field().is_some()
    }
}

fn of_delimited(
    source: Box<dyn Read + Send>,
    sheet: Option<Sheet>,
) -> Result<(Vec<DraftColumn>, bool), IngestError> {
    let is_sheet = sheet.is_some();
    let written = HowWritten {
        quotes: sheet.as_ref().map_or(Quotes::Auto, |_| Quotes::None),
        delimiter: sheet.map(|_| Sheet::DELIMITER),
        // A line before the header has hardly two names of columns in it.
        is_header: &|names| {
            let known = names.iter().filter(|name| by_name(name).is_some());
            let place = |field| names.iter().position(|name| by_name(name) == Some(field));
            (known.count() > 1).then(|| (place(Field::Number), place(Field::SentAt)))
        },
    };
    let beginning = Beginning::read(source, written)?;
    let names = beginning.names();
    if let Some(mark) = other_quotes(&names).filter(|_| !is_sheet) {
        return Err(IngestError::OtherQuotes { mark });
    }
    if let [line] = names.as_slice()
        && !is_sheet
        && let Some(error) = one_cell(line, &Declared::default())
    {
        return Err(error);
    }
    let header: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut first = FirstLine::of(&names);
    let mut columns: Vec<_> = names.into_iter().map(DraftColumn::new).collect();
    // If hardly any cell of the first line looks like a name, it is a line of data.
    let shown = columns.iter().filter(|column| column.name.is_some());
    let few = shown.count() * 2 < columns.len().max(2);
    let delimiter = beginning.cuts.delimiter();
    let mut reader = DelimitedReader::of_segment(beginning.first, delimiter, 0);
    for _ in 0..RECORDS {
        if !reader.advance()? {
            break;
        }
        let cells: Vec<&str> = reader
            .record()
            .iter()
            .map(|cell| std::str::from_utf8(cell).unwrap_or_default())
            .collect();
        // The names once more, where files were joined.
        if cells
            .iter()
            .map(|cell| unquoted(cell))
            .eq(header.iter().map(String::as_str))
        {
            continue;
        }
        first.compare(&cells);
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.see(cell);
        }
    }
    let is_data = few || first.is_data();
    Ok((columns, !is_data))
}

fn of_json(source: Box<dyn Read + Send>, layout: &Layout) -> Result<Vec<DraftColumn>, IngestError> {
    let mut stream = layout.stream(source);
    let mut names: Vec<String> = Vec::new();
    let mut columns: Vec<DraftColumn> = Vec::new();
    let mut records = 0;
    while records < RECORDS && stream.advance()? {
        if stream.is_in_doubt() && !is_likely_record(&stream, layout.way(), &is_likely) {
            continue;
        }
        records += 1;
        // Names are as in a mapping: those of the record proper, if it is inside another.
        each_text(&stream, layout.way(), &mut |name, cell| {
            let known = names.iter().position(|known| known == name);
            let at = known.unwrap_or(names.len());
            if known.is_none() && names.len() < COLUMNS {
                names.push(name.to_owned());
                columns.push(DraftColumn::new(name));
            }
            if let Some(column) = columns.get_mut(at) {
                column.see(cell);
            }
        })?;
    }
    if columns.is_empty() {
        return Err(IngestError::Empty);
    }
    match all_lists(&columns) {
        Some(column) => Err(IngestError::MultiValue { column }),
        None => Ok(columns),
    }
}

/// The first of at least two columns with a usual name, if each is a list of values: such a record is of several
/// messages, and no mapping reads it.
fn all_lists(columns: &[DraftColumn]) -> Option<ShownName> {
    let known = columns.iter().filter(|column| column.named().is_some());
    let names = known.filter_map(|column| column.name.clone());
    let names: Vec<ShownName> = names.collect();
    let lists = names.iter().all(|name| name.as_str().ends_with("[]"));
    names.first().filter(|_| lists && names.len() > 1).cloned()
}

/// How many records are looked at.
const RECORDS: usize = 100;
/// How many different names of JSON members are looked at.
const COLUMNS: usize = 256;
/// What stands for the draft where the columns have no names.
const NO_NAMES: &str = "# The file seems to have no header: its first line looks like the lines below it.\n\
    # Put a line with the names of its columns before it, then look at it again.\n";
