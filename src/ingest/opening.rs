//! The beginning of a file: how it is written and which format it has.

use std::io::Read;

use super::column_name::{ShownName, fold};
use super::csv::beginning::Beginning;
use super::csv::cuts::Written;
use super::csv::header::{Header, day_and_clock};
use super::csv::quotes::Quotes;
use super::csv::rows::DelimitedRows;
use super::declared::Declared;
use super::error::IngestError;
use super::formats;
use super::formats::shape::{Reads, Shape, Syntax};
use super::json::look;
use super::json::record::JsonLog;
use super::json::rows::JsonRows;
use super::json::stream::JsonStream;
use super::mapping::column::ColumnMapping;
use super::rows::maker::RowMaker;
use super::unpack::text::{FileText, Sheet};
use crate::domain::Format;

/// A file whose format is known, at its first record.
pub(super) struct OpenedLog {
    pub(super) format: Format,
    /// How the format was identified, such as `its header`, for the report.
    pub(super) evidence: String,
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
            source,
            first,
            sheet,
        } = FileText::open(source, declared.sheet.as_deref())?;
        let syntax = match first {
            b'{' | b'[' if sheet.is_none() => Syntax::Json,
            _ => Syntax::Delimited,
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
            Syntax::Delimited => Self::delimited(source, sheet, declared),
            Syntax::Json => Self::json(source, declared),
        }
    }

    fn delimited(
        source: Box<dyn Read + Send>,
        sheet: Option<Sheet>,
        declared: Declared,
    ) -> Result<Self, IngestError> {
        let shapes = possible(&declared);
        let written = Written {
            // The rows of a sheet are written without quotes.
            quotes: sheet.as_ref().map_or(declared.quotes, |_| Quotes::None),
            delimiter: sheet.as_ref().map(|_| Sheet::DELIMITER),
            is_header: &|names| {
                shapes
                    .iter()
                    .any(|shape| is_header(shape, names, &declared))
            },
        };
        let beginning = Beginning::read(source, written)?;
        let names = beginning.names();
        // The first line may be data. Then no error may quote it, and none should say that a
        // column is missing.
        let shown: Option<Vec<_>> = names.iter().map(|name| ShownName::of(name)).collect();
        let fits = |shape: &Shape| fits(shape, &names, &declared);
        let shape = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => mapping.shape(),
            (None, Some(format)) => formats::shape(format),
            (None, None) => {
                match fitting(Syntax::Delimited, |shape| Ok(fits(shape)), shown.clone()) {
                    // Nothing but the mapped columns may be known of it. This format has room for
                    // every field.
                    Err(_) if !declared.columns.is_empty() => formats::shape(Format::SupplierCsv),
                    found => found?,
                }
            }
        };
        let header = Header::bind(&shape, &names, &declared).map_err(|error| match error {
            IngestError::MissingColumn { .. } if shown.is_none() && !fits(&shape) => {
                IngestError::NoHeader
            }
            error => error,
        })?;
        let mut evidence = evidence(&declared, header.evidence());
        if let Some(sheet) = sheet {
            evidence = format!("{}; {evidence}", sheet.evidence());
        }
        let format = shape.format;
        let rows = DelimitedRows::new(header, beginning, declared, shape);
        Ok(Self {
            format,
            evidence,
            rows: LogRows::Delimited(Box::new(rows)),
        })
    }

    fn json(source: Box<dyn Read + Send>, declared: Declared) -> Result<Self, IngestError> {
        let mut stream = JsonStream::new(source);
        if !stream.advance()? {
            return Err(IngestError::Empty);
        }
        let shape = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => mapping.shape(),
            (None, Some(format)) => formats::shape(format),
            (None, None) => {
                let names = look::names(&stream)?;
                let shown = names.iter().map(|name| ShownName::of(name)).collect();
                let fits = |shape: &Shape| look::fits(&stream, shape);
                fitting(Syntax::Json, fits, shown)?
            }
        };
        let found = look::found(&stream, &shape)?;
        let found = format!("its first record has {}", found.join(", "));
        let evidence = evidence(&declared, found);
        let log = JsonLog::new(stream, &shape, &declared);
        let rows = JsonRows::new(log, RowMaker::new(declared, &shape));
        Ok(Self {
            format: shape.format,
            evidence,
            rows: LogRows::Json(Box::new(rows)),
        })
    }
}

/// The shapes that a delimited file may have, by what was declared.
fn possible(declared: &Declared) -> Vec<Shape> {
    match (&declared.mapping, declared.format) {
        (Some(mapping), _) => vec![mapping.shape()],
        (None, Some(format)) => vec![formats::shape(format)],
        (None, None) => {
            let shapes = Format::ALL.map(formats::shape).into_iter();
            shapes
                .filter(|shape| shape.syntax == Syntax::Delimited)
                .collect()
        }
    }
}

/// True if these are the names of the columns of a file of this shape, and not a line before them.
fn is_header(shape: &Shape, names: &[&str], declared: &Declared) -> bool {
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

/// True if the names are those of the columns that identify the shape.
fn fits(shape: &Shape, names: &[&str], declared: &Declared) -> bool {
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
