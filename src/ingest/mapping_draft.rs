//! A mapping to begin with: what the names and the look of a file's first
//! records make likely.
//!
//! Sees the cells of at most a hundred records and says nothing of them but
//! how times, countries and carriers are written. Names of columns stand in it
//! only where they look like names.

use std::fmt::Write as _;
use std::io::{Cursor, Read};

use super::cells::FIELDS;
use super::content::is_content;
use super::decode::decode;
use super::delimited::DelimitedReader;
use super::error::IngestError;
use super::json_path::JsonPath;
use super::json_record;
use super::json_stream::JsonStream;
use super::mapping_guess::{Look, Said, by_name};
use super::shown_name::ShownName;
use super::unpack::{peek, unpack};
use crate::domain::Field;

struct Column {
    name: Option<ShownName>,
    content: bool,
    look: Look,
}

impl Column {
    fn new(name: &str) -> Self {
        Self {
            name: ShownName::of(name),
            content: is_content(name) || JsonPath::parse(name).holds_content(),
            look: Look::default(),
        }
    }

    /// Its field by its name, or by its cells.
    fn named(&self) -> Option<Field> {
        let name = self.name.as_ref().filter(|_| !self.content)?;
        by_name(name.as_str())
    }

    fn looks(&self) -> Option<Field> {
        self.name.as_ref().filter(|_| !self.content)?;
        self.look.field()
    }
}

/// The text of a mapping for the file, to be read and completed by somebody.
pub fn draft(source: Box<dyn Read + Send>) -> Result<String, IngestError> {
    let mut source = decode(unpack(source)?)?;
    let head = peek(&mut source, 4 << 10)?;
    let first = head
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .copied();
    let source = Box::new(Cursor::new(head).chain(source));
    let (container, columns) = match first {
        None => return Err(IngestError::Empty),
        Some(b'[') => ("json", of_json(source)?),
        Some(b'{') => ("ndjson", of_json(source)?),
        Some(_) => ("csv", of_delimited(source)?),
    };
    Ok(write(container, &columns))
}

fn of_delimited(source: Box<dyn Read + Send>) -> Result<Vec<Column>, IngestError> {
    let mut reader = DelimitedReader::open(source)?;
    let names = reader.header().iter().map(std::str::from_utf8);
    let names: Result<Vec<_>, _> = names.collect();
    let names = names.map_err(|_| IngestError::NotText { line: 1 })?;
    let mut columns: Vec<_> = names.iter().map(|name| Column::new(name.trim())).collect();
    // A line in which hardly anything looks like a name is a line of data.
    let shown = columns.iter().filter(|column| column.name.is_some());
    if shown.count() * 2 < columns.len().max(2) {
        return Err(IngestError::NoHeader);
    }
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

fn of_json(source: Box<dyn Read + Send>) -> Result<Vec<Column>, IngestError> {
    let mut stream = JsonStream::new(source);
    let mut names: Vec<String> = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    for _ in 0..RECORDS {
        if !stream.advance()? {
            break;
        }
        json_record::each(&stream, &mut |name, cell| {
            let known = names.iter().position(|known| known == name);
            let at = known.unwrap_or(names.len());
            if known.is_none() && names.len() < COLUMNS {
                names.push(name.to_owned());
                columns.push(Column::new(name));
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

fn write(container: &str, columns: &[Column]) -> String {
    let mut text = format!("{HEAD}container = \"{container}\"\n");
    let mut taken = vec![false; columns.len()];
    for field in FIELDS {
        let is = |of: fn(&Column) -> Option<Field>| {
            columns.iter().position(|column| of(column) == Some(field))
        };
        let found = is(Column::named).or_else(|| {
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
                    "\n# Needed: which column is it?\n# [{label}]\n# column = \"\"\n"
                );
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

fn write_field(text: &mut String, field: Field, column: &Column) {
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
        Said::Nothing => writeln!(text, "# time = \"\"  # such as %d/%m/%Y %H:%M:%S"),
        Said::One(one) if one.contains(' ') && !one.contains('%') => {
            writeln!(text, "# written as {one}: nothing needs to be said")
        }
        Said::One(one) => writeln!(text, "time = \"{one}\""),
        Said::Either(one, other) => writeln!(
            text,
            "# Day and month look the same here; take the right one:\n# time = \"{one}\"\n# time = \"{other}\""
        ),
    };
    if column.look.needs_a_zone() {
        text.push_str("# The times name no zone; say in which they are:\n# zone = \"UTC\"\n");
    }
}

fn write_rest(text: &mut String, columns: &[Column], taken: &[bool]) {
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
        ("Content of messages; never read:", content),
        ("Not read, unless you map them:", rest),
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

const RECORDS: usize = 100;
/// The most different names that are looked at in JSON.
const COLUMNS: usize = 256;
const HEAD: &str = "# A draft: look through it, complete it, then admit the file with it.\n# docs/mapping.md says what may stand here.\n";
