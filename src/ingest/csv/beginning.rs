//! The beginning of a delimited file: its first segment and the names of its columns.

use std::io::Read;

use super::cuts::{Cuts, HowWritten};
use super::dialect::{bare, unquoted};
use super::plain_lines::PlainLines;
use super::preamble::Before;
use super::quoted::DelimitedReader;
use super::quotes::Quotes;
use super::segment::Segment;
use crate::ingest::error::IngestError;

/// A delimited file of which only the header was read.
pub(in crate::ingest) struct Beginning {
    pub(in crate::ingest) cuts: Cuts,
    /// The first segment, to be read from after the header.
    pub(in crate::ingest) first: Segment,
    /// The lines before the records.
    pub(in crate::ingest) before: Before,
    names: Vec<String>,
}

impl Beginning {
    /// Reads the header. A file without one is `Empty`.
    pub(in crate::ingest) fn read(
        source: Box<dyn Read + Send>,
        written: HowWritten<'_>,
    ) -> Result<Self, IngestError> {
        let (mut cuts, dialect) = Cuts::new(source, written)?;
        let (byte, line) = dialect.header;
        if let Some(record) = dialect.record_before {
            return Err(IngestError::RecordBeforeHeader {
                line: record,
                header: line,
            });
        }
        let first = cuts.next(Segment::new())?.ok_or(IngestError::Empty)?;
        let more = first.end_line > line + 1;
        let first = first.from(byte, line);
        let read = match cuts.quotes() {
            Quotes::None => plain_names(first, cuts.delimiter()),
            Quotes::Auto | Quotes::Standard => quoted_names(first, cuts.delimiter()),
        };
        let stray = cuts.quotes() == Quotes::Auto && more;
        let (names, first) = match read {
            Err(IngestError::CutOff { .. } | IngestError::RecordTooLong { .. }) if stray => {
                return Err(IngestError::StrayQuote { line });
            }
            read => read?,
        };
        let beginning = Self {
            before: Before {
                preamble: line - 1,
                header: first.line - line,
                held: dialect.held,
            },
            cuts,
            first,
            names,
        };
        // A name over several lines with the digits of a number in it: a quote swallows the lines after the header.
        let digits = |name: &String| name.bytes().filter(u8::is_ascii_digit).count();
        let swallowed = beginning.names.iter().any(|name| digits(name) >= 7);
        if stray && beginning.before.header > 1 && swallowed {
            return Err(IngestError::StrayQuote { line });
        }
        Ok(beginning)
    }

    /// The names of the columns. What is blank behind the last of them is no column.
    pub(in crate::ingest) fn names(&self) -> Vec<&str> {
        let named = self.names.iter().rposition(|name| !name.is_empty());
        let named = self.names.get(..named.map_or(0, |last| last + 1));
        let named = named.unwrap_or_default().iter();
        named.map(String::as_str).collect()
    }
}

fn quoted_names(first: Segment, delimiter: u8) -> Result<(Vec<String>, Segment), IngestError> {
    let mut header = DelimitedReader::of_segment(first, delimiter, 0);
    if !header.advance()? {
        return Err(IngestError::Empty);
    }
    let line = header.line();
    let names = header.record().iter().map(|name| text(name, line));
    Ok((names.collect::<Result<_, _>>()?, header.into_segment()))
}

fn plain_names(first: Segment, delimiter: u8) -> Result<(Vec<String>, Segment), IngestError> {
    let mut header = PlainLines::new(first, delimiter, 0);
    if !header.advance()? {
        return Err(IngestError::Empty);
    }
    let cells = (0..header.len()).filter_map(|at| header.bytes().get(header.range(at)?));
    let names = cells.map(|name| text(name, header.line()));
    let names = names.map(|name| name.map(|name| bare(&name).to_owned()));
    let names = names.collect::<Result<_, _>>()?;
    let line = header.line() + 1;
    Ok((names, header.into_segment().at_line(line)))
}

fn text(name: &[u8], line: u64) -> Result<String, IngestError> {
    let name = std::str::from_utf8(name).map_err(|_| IngestError::NotText { line })?;
    Ok(unquoted(name).to_owned())
}
