//! The beginning of a file: how it is written and which format it has.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zeroize::Zeroizing;

use super::column_name::{ShownName, may_be_a_name};
use super::countries::{self, Found};
use super::csv::beginning::Beginning;
use super::csv::cell_lines::CellLines;
use super::csv::cuts::HowWritten;
use super::csv::dialect::unquoted;
use super::csv::header::Header;
use super::csv::quoted::DelimitedReader;
use super::csv::quotes::{Quotes, other_quotes};
use super::csv::rows::DelimitedRows;
use super::declared::Declared;
use super::delimited::{Delimited, called, country_looks, fits, is_header, seen_cells};
use super::error::IngestError;
use super::formats;
use super::formats::shape::{Column, Reads, Shape, Syntax};
use super::json::layout::{Layout, Tried, Written};
use super::json::line::{first_object, is_of_objects};
use super::json::look;
use super::json::no_record::cause_in_json;
use super::json::recipients::one_recipient;
use super::json::record::JsonLog;
use super::json::rows::JsonRows;
use super::mapping::column::ColumnMapping;
use super::mapping::country_column::CountryLook;
use super::mapping::usual_names::{by_name, listed};
use super::recipients;
use super::record::MAX_RECORD_BYTES;
use super::rows::maker::RowMaker;
use super::unpack::peek::peek_far;
use super::unpack::sheet::Sheet;
use super::unpack::text::FileText;
use crate::domain::{Field, Format};

/// A file whose format is known, at its first record.
pub(super) struct OpenedLog {
    pub(super) format: Format,
    /// How the format was identified, such as `its header`, for the report.
    pub(super) evidence: String,
    /// Columns that are not read and look like the country of each row.
    pub(super) country_columns: Vec<String>,
    /// Which sheet of a workbook was read, if not the one that is read where nobody names one.
    pub(super) sheet: Option<u32>,
    /// The first line of a delimited file that has a backslash before a quote in a cell.
    pub(super) backslash: Option<u64>,
    pub(super) rows: LogRows,
}

/// What reads the rows of a file.
pub(super) enum LogRows {
    Delimited(Box<DelimitedRows>),
    Json(Box<JsonRows>),
}

impl OpenedLog {
    /// Looks at the beginning of the file.
    pub(super) fn new(
        source: Box<dyn Read + Send>,
        declared: Declared,
    ) -> Result<Self, IngestError> {
        let FileText {
            mut source, sheet, ..
        } = FileText::open(source, declared.sheet.as_deref())?;
        let head = peek_far(&mut source, MAX_RECORD_BYTES)?;
        let mut written = match sheet {
            Some(_) => Written::Other,
            None => Written::of(&head),
        };
        let delimited = Delimited::of(&declared, sheet.as_ref());
        let columns = match written {
            Written::Other => json_columns(&head, &delimited, &declared),
            _ => Vec::new(),
        };
        let in_cells = !columns.is_empty();
        if written == Written::Other && sheet.is_none() && is_log(&head, &delimited, &declared) {
            written = Written::LogLines;
        }
        let again = Zeroizing::new(head.to_vec());
        let mut source: Box<dyn Read + Send> = Box::new(Cursor::new(again).chain(source));
        let mut head = head;
        if in_cells {
            let beginning = delimited.beginning(source, &declared)?;
            source = Box::new(CellLines::new(beginning, columns));
            head = peek_far(&mut source, MAX_RECORD_BYTES)?;
            source = Box::new(Cursor::new(Zeroizing::new(head.to_vec())).chain(source));
            written = Written::LogLines;
        }
        let syntax = match written {
            Written::Other => Syntax::Delimited,
            Written::Json | Written::LogLines => Syntax::Json,
        };
        if let Some(format) = declared.format
            && formats::shape(format).syntax != syntax
        {
            return Err(IngestError::NotThisFormat {
                declared: format,
                line: 1,
            });
        }
        if let Some(mapping) = &declared.mapping
            && mapping.container.syntax() != syntax
        {
            return Err(IngestError::NotThisContainer {
                container: mapping.container.as_str(),
            });
        }
        match syntax {
            Syntax::Delimited => {
                let looks = country_looks(&head, &delimited, &declared);
                let opened = delimited
                    .beginning(source, &declared)
                    .and_then(|beginning| {
                        let copy = (head.as_ref(), &delimited);
                        Self::delimited(beginning, (sheet.as_ref(), &looks, copy), declared)
                    });
                let backslash = match sheet {
                    None => backslash_in(&head),
                    Some(_) => None,
                };
                let opened = opened.map(|opened| Self {
                    backslash,
                    ..opened
                });
                let opened = opened.map_err(|error| with_columns(error, (&head, &delimited)));
                opened.map_err(|error| match &sheet {
                    None if is_one_line(&head, &error) => IngestError::OneLine,
                    Some(sheet) => sheet.blamed(error),
                    None => error,
                })
            }
            Syntax::Json => {
                let prefixed = written == Written::LogLines;
                let opened = Self::json(source, (&head, prefixed), declared);
                let mut opened = opened.map_err(|error| cause_in_json(&head, error))?;
                if in_cells {
                    opened.evidence += ", in a cell";
                }
                Ok(opened)
            }
        }
    }

    fn delimited(
        beginning: Beginning,
        (sheet, looks, copy): (Option<&Sheet>, &[CountryLook], (&[u8], &Delimited)),
        mut declared: Declared,
    ) -> Result<Self, IngestError> {
        let names = called(beginning.names(), &declared);
        let names: Vec<&str> = names.iter().map(Cow::as_ref).collect();
        // The first line may be data. Then no error may quote it, and none should say that a
        // column is missing.
        let named = names.iter().all(|name| may_be_a_name(name))
            && names.iter().any(|name| !name.is_empty());
        let shown = named.then(|| listed(&names, true));
        let fits = |shape: &Shape, declared: &Declared| fits(shape, &names, declared);
        if sheet.is_none()
            && let [line] = names.as_slice()
            && let Some(error) = one_cell(line, &declared)
        {
            return Err(error);
        }
        if sheet.is_none()
            && let Some(mark) = other_quotes(&names)
        {
            return Err(IngestError::OtherQuotes { mark });
        }
        let mut shape = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => mapping.shape(),
            (None, Some(format)) => formats::shape(format),
            (None, None) => {
                let fits = |shape: &Shape| Ok(fits(shape, &declared));
                match fitting(Syntax::Delimited, fits, shown.clone()) {
                    // Nothing but the mapped columns may be known of it. This format has room for
                    // every field.
                    Err(_) if !declared.columns.is_empty() => formats::shape(Format::SupplierCsv),
                    found => found?,
                }
            }
        };
        let (named_once, mut watched) =
            recipients::one_of_the_same(&names, copy, &mut declared, &shape);
        let names: Vec<&str> = named_once.iter().map(Cow::as_ref).collect();
        let header = Header::bind(&shape, &names, &declared).map_err(|error| match error {
            IngestError::MissingColumn { .. } if shown.is_none() && !fits(&shape, &declared) => {
                IngestError::NoHeader
            }
            error => error,
        })?;
        watched.append(&mut recipients::one_recipient(
            &header,
            (&names, copy),
            &declared,
            &shape,
        )?);
        let header = without_deliveries(header, (&names, looks), &mut declared, &shape)?;
        let (header, country_columns) =
            countries::of_columns(header, (&names, looks), copy, &mut declared, &mut shape)?;
        let header = header
            .with_seen(seen_cells(copy, &declared))
            .with_watched(watched);
        let mut evidence = evidence(&declared, header.evidence());
        if let Some(sheet) = sheet {
            evidence = format!("{}; {evidence}", sheet.evidence());
        } else if declared.quotes != Quotes::Auto {
            evidence = format!("{evidence}; read with quotes={}", declared.quotes);
        }
        let format = shape.format;
        let sheet = sheet.and_then(Sheet::place);
        let rows = DelimitedRows::new(header, beginning, declared, shape);
        Ok(Self {
            format,
            evidence,
            country_columns,
            sheet,
            backslash: None,
            rows: LogRows::Delimited(Box::new(rows)),
        })
    }

    /// `head` is the beginning of the file again; `prefixed`: its records are behind other text.
    fn json(
        source: Box<dyn Read + Send>,
        (head, prefixed): (&[u8], bool),
        mut declared: Declared,
    ) -> Result<Self, IngestError> {
        let mut shapes = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => vec![mapping.shape()],
            (None, Some(format)) => vec![formats::shape(format)],
            (None, None) => {
                let all = Format::ALL.map(formats::shape).into_iter();
                all.filter(|shape| shape.syntax == Syntax::Json).collect()
            }
        };
        let mut tried = Tried::on(head, prefixed, &shapes);
        let is_named = declared.mapping.is_some() || declared.format.is_some();
        if tried.is_none()
            && !is_named
            && let Some(mapped) = mapped_members(&declared)
        {
            // Nothing but the mapped members may be known of it.
            shapes = vec![mapped];
            tried = Tried::on(head, prefixed, &shapes);
        }
        let layout = match &tried {
            Some(tried) => tried.layout.clone(),
            None => Layout::usual(prefixed),
        };
        let mut stream = layout.stream(source);
        if !stream.advance()? {
            return Err(IngestError::Empty);
        }
        let mut shape = match (shapes.as_slice(), &tried) {
            ([only], _) => only.clone(),
            (_, Some(tried)) => {
                let fits = |shape: &Shape| {
                    let mut fitting = tried.fitting.iter().filter_map(|at| shapes.get(*at));
                    Ok(fitting.any(|fitting| fitting.format == shape.format))
                };
                fitting(Syntax::Json, fits, None)?
            }
            (_, None) => {
                // What is perhaps no record does not say what the file is.
                while stream.is_in_doubt() {
                    if !stream.advance()? {
                        return Err(IngestError::Empty);
                    }
                }
                let names = look::names(&stream)?;
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                fitting(Syntax::Json, |_| Ok(false), Some(listed(&names, false)))?
            }
        };
        let found = tried.map_or_else(
            || "its first record has none of the columns".to_owned(),
            |tried| tried.evidence(),
        );
        one_recipient((head, &layout), &declared, &shape)?;
        let mut evidence = evidence(&declared, found);
        let country_columns =
            match countries::of_members((head, &layout), &mut declared, &mut shape)? {
                Found::Read(path) => {
                    evidence = format!("{evidence}, and {path} for the country");
                    Vec::new()
                }
                Found::Open(columns) => columns,
            };
        let log = JsonLog::new(stream, layout, &shape, &declared);
        let rows = JsonRows::new(log, RowMaker::new(declared, &shape));
        Ok(Self {
            format: shape.format,
            evidence,
            country_columns,
            sheet: None,
            backslash: None,
            rows: LogRows::Json(Box::new(rows)),
        })
    }
}

/// Drops a supplier's column of states whose cells say what became of each message: such a state is no place.
fn without_deliveries(
    header: Header,
    (names, looks): (&[&str], &[CountryLook]),
    declared: &mut Declared,
    shape: &Shape,
) -> Result<Header, IngestError> {
    let mapped = |column: &ColumnMapping| column.field() == Field::State;
    if shape.format != Format::SupplierCsv || declared.columns.iter().any(mapped) {
        return Ok(header);
    }
    let mut columns = names.iter().zip(looks);
    let found = columns.find(|(name, look)| {
        let column = shape.column(name).filter(|_| !declared.drops(name));
        column.is_some_and(|column| column.field == Field::State) && look.is_deliveries()
    });
    match found {
        Some((name, _)) => {
            declared.drop.push((*name).to_owned());
            Header::bind(shape, names, declared)
        }
        None => Ok(header),
    }
}

/// The shape of JSON of which only the declared members are known, if the number and the time are among them.
fn mapped_members(declared: &Declared) -> Option<Shape> {
    let columns = declared.columns.iter().map(|mapped| Column {
        field: mapped.field(),
        names: vec![mapped.column().to_owned()],
        reads: Reads::Text,
    });
    let columns: Vec<_> = columns.collect();
    let has = |field| columns.iter().any(|column| column.field == field);
    let whole = has(Field::Number) && has(Field::SentAt);
    whole.then(|| Shape::new(Format::Mapped, Syntax::Json, columns))
}

/// The error of a file of no known format, with its columns if they are behind a preamble.
fn with_columns(error: IngestError, (head, delimited): (&[u8], &Delimited)) -> IngestError {
    let is_open = match &error {
        IngestError::UnknownFormat { columns } => columns.len() < 2,
        IngestError::NoHeader => true,
        _ => false,
    };
    if !is_open {
        return error;
    }
    let written = HowWritten {
        quotes: delimited.quotes,
        delimiter: delimited.delimiter,
        is_header: &|names| {
            let usual = names.iter().filter(|name| by_name(name).is_some());
            let plain = names.iter().all(|name| may_be_a_name(name));
            (usual.count() > 1 && plain).then_some((None, None))
        },
    };
    let copy = Cursor::new(Zeroizing::new(head.to_vec()));
    match Beginning::read(Box::new(copy), written) {
        Ok(beginning) if beginning.before.preamble > 0 => IngestError::UnknownFormat {
            columns: listed(&beginning.names(), true),
        },
        _ => error,
    }
}

/// What is wrong with a header that is one cell, if it has the names of columns in it.
pub(super) fn one_cell(line: &str, declared: &Declared) -> Option<IngestError> {
    let shapes = Delimited::of(declared, None).shapes;
    let names = |mark: char| -> Vec<_> {
        let cells = line.split(mark).map(unquoted);
        cells.filter(|cell| !cell.is_empty()).collect()
    };
    let holds = |mark: &char| {
        let names = names(*mark);
        let mut shapes = shapes.iter();
        names.len() > 1 && shapes.any(|shape| is_header(shape, &names, declared))
    };
    if [',', ';', '\t', '|'].iter().any(holds) {
        return Some(IngestError::QuotedLines);
    }
    let mark = MARKS.into_iter().find(holds)?;
    Some(IngestError::UnknownDelimiter { mark })
}

/// The first line with `\"` in a cell that is in quotes: before a quote that ends a cell, there is a mark behind it.
fn backslash_in(head: &[u8]) -> Option<u64> {
    let places = memchr::memmem::find_iter(head, b"\\\"");
    let mut inside = places.filter(|at| {
        let behind = head.get(at + 2).copied();
        behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
    });
    let at = inside.next()?;
    let before = head.get(..at).unwrap_or_default();
    Some(before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1)
}

/// Marks that some programs write between cells, and that are not tried.
const MARKS: [char; 18] = [
    '~', '^', '!', '#', '/', '\\', ':', '*', '&', '=', '@', '§', '¦', '\u{1}', '\u{7}', '\u{1e}',
    '\u{1f}', ' ',
];

/// The columns of a delimited file whose cells are JSON, counted from 0, if its records are in them
/// and not in the file's own columns. `head` is the beginning of the file.
fn json_columns(head: &[u8], delimited: &Delimited, declared: &Declared) -> Vec<usize> {
    let end = head.iter().rposition(|byte| *byte == b'\n');
    let lines = end.map_or(head, |end| head.get(..=end).unwrap_or(head));
    if delimited.is_said || !lines.contains(&b'{') {
        return Vec::new();
    }
    let copy = Cursor::new(Zeroizing::new(lines.to_vec()));
    let Ok(beginning) = delimited.beginning(Box::new(copy), declared) else {
        return Vec::new();
    };
    let names = beginning.names();
    let mut shapes = Format::ALL.map(formats::shape).into_iter();
    let its_own =
        shapes.any(|shape| shape.syntax == Syntax::Delimited && fits(&shape, &names, declared));
    let said = declared.mapping.is_some() || declared.format.is_some();
    if !said && (its_own || !declared.columns.is_empty()) {
        return Vec::new();
    }
    // How many cells of each column are JSON, and how many are something else.
    let mut columns = vec![(0, 0); names.len()];
    let delimiter = beginning.cuts.delimiter();
    let mut reader = DelimitedReader::of_segment(beginning.first, delimiter, 0);
    for _ in 0..LOOKED_AT {
        if !matches!(reader.advance(), Ok(true)) {
            break;
        }
        for ((json, other), cell) in columns.iter_mut().zip(reader.record()) {
            match is_of_objects(cell) {
                true => *json += 1,
                false if cell.trim_ascii().is_empty() => {}
                false => *other += 1,
            }
        }
    }
    let columns = columns.iter().enumerate();
    let json = columns.filter(|(_, (json, other))| json > other);
    json.map(|(at, _)| at).collect()
}

/// True if some of the first lines have a JSON object in them, and no line names the columns of a delimited file.
fn is_log(head: &[u8], delimited: &Delimited, declared: &Declared) -> bool {
    if delimited.is_said || !head.contains(&b'{') {
        return false;
    }
    let lines = head.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    let (mut json, mut other) = (0_usize, 0_usize);
    for line in lines.take(FIRST_LINES) {
        match first_object(line) {
            Some(_) => json += 1,
            None => other += 1,
        }
    }
    if json * MOST_TEXT < other || json == 0 {
        return false;
    }
    let copy = Cursor::new(Zeroizing::new(head.to_vec()));
    let Ok(beginning) = delimited.beginning(Box::new(copy), declared) else {
        return true;
    };
    let names = beginning.names();
    let mut shapes = delimited.shapes.iter();
    !shapes.any(|shape| is_header(shape, &names, declared))
}

/// Whether a file that cannot be read for this reason is a header and records without the line ends between them.
fn is_one_line(head: &[u8], error: &IngestError) -> bool {
    let may_be = matches!(
        error,
        IngestError::Empty
            | IngestError::NoHeader
            | IngestError::UnknownFormat { .. }
            | IngestError::MissingColumn { .. }
            | IngestError::TwoColumns { .. }
    );
    let line = head.trim_ascii();
    let digits = line.iter().filter(|byte| byte.is_ascii_digit()).count();
    may_be && line.len() >= 120 && digits >= 30 && memchr::memchr2(b'\n', b'\r', line).is_none()
}

/// How many records are looked at for cells that are JSON.
const LOOKED_AT: usize = 20;
/// How many lines are looked at for objects behind text.
const FIRST_LINES: usize = 64;

/// A log may have so many lines of text for one with an object.
const MOST_TEXT: usize = 10;

/// The one format that the file fits. `shown` are the names of its columns, or `None` if one of
/// them may not be shown.
fn fitting(
    syntax: Syntax,
    fits: impl Fn(&Shape) -> Result<bool, IngestError>,
    shown: Option<Vec<ShownName>>,
) -> Result<Shape, IngestError> {
    let mut fitting = Vec::new();
    for shape in Format::ALL.map(formats::shape) {
        if shape.syntax == syntax && fits(&shape)? {
            fitting.push(shape);
        }
    }
    let mut fitting = fitting.into_iter();
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err(IngestError::AmbiguousFormat {
            first: first.format,
            second: second.format,
        }),
        (None, _) => match (shown, syntax) {
            (None, Syntax::Delimited) => Err(IngestError::NoHeader),
            (shown, _) => Err(IngestError::UnknownFormat {
                columns: shown.unwrap_or_default(),
            }),
        },
    }
}

/// The evidence, with a word on who said the format.
fn evidence(declared: &Declared, found: String) -> String {
    match (&declared.mapping, declared.format) {
        (Some(_), _) => format!("mapped; {found}"),
        (None, Some(_)) => format!("declared; {found}"),
        (None, None) => found,
    }
}
