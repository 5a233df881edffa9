//! The beginning of a file: how it is written and which format it is.

use std::io::{Cursor, Read};

use super::declared::Declared;
use super::decode::decode;
use super::delimited::DelimitedReader;
use super::error::IngestError;
use super::formats;
use super::header::{DelimitedLog, Header};
use super::json_record::{self, JsonLog};
use super::json_stream::JsonStream;
use super::shape::{Shape, Written};
use super::shown_name::ShownName;
use super::unpack::{peek, unpack};
use crate::domain::Format;

/// A file of a known format, at its first record.
pub(super) struct Opened {
    pub(super) shape: Shape,
    pub(super) evidence: String,
    pub(super) log: Log,
}

pub(super) enum Log {
    Delimited(Box<DelimitedLog>),
    Json(Box<JsonLog>),
}

impl Opened {
    pub(super) fn new(
        source: Box<dyn Read + Send>,
        declared: &Declared,
    ) -> Result<Self, IngestError> {
        let mut source = decode(unpack(source)?)?;
        let head = peek(&mut source, 4 << 10)?;
        let written = match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => return Err(IngestError::Empty),
            Some(b'{' | b'[') => Written::Json,
            Some(_) => Written::Delimited,
        };
        if let Some(format) = declared.format
            && formats::shape(format).written != written
        {
            return Err(IngestError::NotThisFormat {
                declared: format,
                line: 1,
            });
        }
        if let Some(mapping) = &declared.mapping
            && mapping.container.written() != written
        {
            return Err(IngestError::NotThisContainer {
                container: mapping.container.as_str(),
            });
        }
        let source = Box::new(Cursor::new(head).chain(source));
        match written {
            Written::Delimited => Self::delimited(source, declared),
            Written::Json => Self::json(source, declared),
        }
    }

    fn delimited(source: Box<dyn Read + Send>, declared: &Declared) -> Result<Self, IngestError> {
        let reader = DelimitedReader::open(source)?;
        let names: Vec<_> = reader
            .header()
            .iter()
            .map(|name| std::str::from_utf8(name).map(str::trim))
            .collect::<Result<_, _>>()
            .map_err(|_| IngestError::NotText { line: 1 })?;
        // A line of data in place of the header must not be echoed, and not
        // be called a header that lacks a column either.
        let shown: Option<Vec<_>> = names.iter().map(|name| ShownName::of(name)).collect();
        let fits = |shape: &Shape| {
            shape.fits(|field| {
                let mut columns = names.iter().filter_map(|name| shape.column(name));
                columns.any(|column| column.field == field)
            })
        };
        let shape = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => mapping.shape(),
            (None, Some(format)) => formats::shape(format),
            (None, None) => {
                match fitting(Written::Delimited, |shape| Ok(fits(shape)), shown.clone()) {
                    // What is mapped may be all there is to know it by, and this
                    // format has room for every field.
                    Err(_) if !declared.columns.is_empty() => formats::shape(Format::SupplierCsv),
                    found => found?,
                }
            }
        };
        let header = Header::bind(&shape, &names, declared).map_err(|error| match error {
            IngestError::MissingColumn { .. } if shown.is_none() && !fits(&shape) => {
                IngestError::NoHeader
            }
            error => error,
        })?;
        Ok(Self {
            shape,
            evidence: evidence(declared, header.evidence()),
            log: Log::Delimited(Box::new(DelimitedLog::new(reader, header))),
        })
    }

    fn json(source: Box<dyn Read + Send>, declared: &Declared) -> Result<Self, IngestError> {
        let mut stream = JsonStream::new(source);
        if !stream.advance()? {
            return Err(IngestError::Empty);
        }
        let shape = match (&declared.mapping, declared.format) {
            (Some(mapping), _) => mapping.shape(),
            (None, Some(format)) => formats::shape(format),
            (None, None) => {
                let names = json_record::names(&stream)?;
                let shown = names.iter().map(|name| ShownName::of(name)).collect();
                let fits = |shape: &Shape| json_record::fits(&stream, shape);
                fitting(Written::Json, fits, shown)?
            }
        };
        let found = json_record::found(&stream, &shape)?;
        let found = format!("its first record has {}", found.join(", "));
        let log = JsonLog::new(stream, &shape, declared);
        Ok(Self {
            shape,
            evidence: evidence(declared, found),
            log: Log::Json(Box::new(log)),
        })
    }
}

/// The one format that the names fit.
fn fitting(
    written: Written,
    fits: impl Fn(&Shape) -> Result<bool, IngestError>,
    shown: Option<Vec<ShownName>>,
) -> Result<Shape, IngestError> {
    let mut fitting = Vec::new();
    for shape in Format::ALL.map(formats::shape) {
        if shape.written == written && fits(&shape)? {
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
        (None, _) => match (shown, written) {
            (None, Written::Delimited) => Err(IngestError::NoHeader),
            (shown, _) => Err(IngestError::UnknownFormat {
                columns: shown.unwrap_or_default(),
            }),
        },
    }
}

fn evidence(declared: &Declared, found: String) -> String {
    match (&declared.mapping, declared.format) {
        (Some(_), _) => format!("mapped; {found}"),
        (None, Some(_)) => format!("declared; {found}"),
        (None, None) => found,
    }
}
