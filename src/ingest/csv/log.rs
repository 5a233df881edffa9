//! The cells of the records of one segment.

use std::ops::Range;
use std::sync::Arc;

use super::aside::aside;
use super::dialect::unquoted;
use super::header::Header;
use super::plain_lines::PlainLines;
use super::quoted::DelimitedReader;
use super::quotes::Quotes;
use super::segment::Segment;
use super::stray;
use crate::ingest::error::IngestError;
use crate::ingest::rows::cells::{Cells, SLOTS};
use crate::vault::plaintext::SkipKind;

/// The records of a segment, with the columns of the header.
pub(super) struct DelimitedLog {
    lines: Lines,
    header: Arc<Header>,
    delimiter: u8,
    quotes: Quotes,
}

enum Lines {
    Plain(PlainLines),
    Quoted(Box<DelimitedReader<Segment>>),
}

/// A record and where it is.
pub(super) struct Located<'r> {
    /// The line it begins at, counted from 1.
    pub(super) line: u64,
    /// How many lines it has.
    pub(super) lines: u64,
    pub(super) found: Found<'r>,
}

/// What a record turned out to be.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every record has cells, and one is alive at a time"
)]
pub(super) enum Found<'r> {
    Cells(Cells<'r>),
    /// It has so many cells, and the header has not.
    OtherWidth(usize),
    /// A column that had the same number before has that of somebody else.
    TwoNumbers,
    /// It is no row.
    Aside(SkipKind),
}

/// A record whose number of cells is not that of the header.
enum Odd {
    Width(usize),
    Aside(SkipKind),
}

impl Odd {
    fn at<'r>(self, line: u64, lines: u64) -> Located<'r> {
        let found = match self {
            Self::Width(cells) => Found::OtherWidth(cells),
            Self::Aside(kind) => Found::Aside(kind),
        };
        Located { line, lines, found }
    }
}

impl DelimitedLog {
    pub(super) fn new(
        segment: Segment,
        (delimiter, quotes): (u8, Quotes),
        header: Arc<Header>,
    ) -> Self {
        let lines = match segment.quoted {
            false => Lines::Plain(PlainLines::new(segment, delimiter, header.width)),
            true => Lines::Quoted(Box::new(DelimitedReader::of_segment(
                segment,
                delimiter,
                header.width,
            ))),
        };
        Self {
            lines,
            header,
            delimiter,
            quotes,
        }
    }

    pub(super) fn into_segment(self) -> Segment {
        match self.lines {
            Lines::Plain(lines) => lines.into_segment(),
            Lines::Quoted(reader) => reader.into_segment(),
        }
    }

    /// The next record, if there is one.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Located<'_>>, IngestError> {
        let Self {
            lines,
            header,
            delimiter,
            quotes,
        } = self;
        match lines {
            Lines::Plain(lines) => {
                if !lines.advance()? {
                    return Ok(None);
                }
                if lines.len() != header.width {
                    let range = |place| lines.range(place);
                    let (bytes, raw) = (lines.bytes(), lines.bytes());
                    let odd = odd(header, (lines.line(), raw), lines.len(), bytes, range)?;
                    if let Some(odd) = odd {
                        if matches!(odd, Odd::Aside(_)) {
                            lines.is_whole();
                        }
                        return Ok(Some(odd.at(lines.line(), 1)));
                    }
                }
                let (line, bytes) = (lines.line(), lines.bytes());
                let range = |place| lines.range(place);
                let unquote = *quotes == Quotes::None;
                let cells = cells(header, line, (bytes, bytes), unquote, range)?;
                let two = header.has_other_number(|place| text(bytes, range(place)));
                Ok(Some(Located {
                    line,
                    lines: 1,
                    found: if two {
                        Found::TwoNumbers
                    } else {
                        Found::Cells(cells)
                    },
                }))
            }
            Lines::Quoted(reader) => quoted(reader, header, (*delimiter, *quotes)),
        }
    }
}

/// The next record of a segment with quotes.
fn quoted<'r>(
    reader: &'r mut DelimitedReader<Segment>,
    header: &Header,
    (delimiter, quotes): (u8, Quotes),
) -> Result<Option<Located<'r>>, IngestError> {
    let more = reader.advance();
    let stray = quotes == Quotes::Auto && is_stray(reader, delimiter, header, more.as_ref());
    if stray {
        let line = match more {
            Ok(_) => reader.line(),
            Err(IngestError::CutOff { line } | IngestError::RecordTooLong { line }) => line,
            Err(error) => return Err(error),
        };
        return Err(IngestError::StrayQuote { line });
    }
    if !more? {
        return Ok(None);
    }
    let (line, lines) = (reader.line(), reader.lines());
    let record = reader.record();
    if record.len() != header.width {
        let range = |place| record.range(place);
        let (bytes, raw) = (record.as_slice(), reader.raw());
        let odd = odd(header, (line, raw), record.len(), bytes, range)?;
        if let Some(odd) = odd {
            if matches!(odd, Odd::Aside(_)) {
                reader.is_whole();
            }
            return Ok(Some(odd.at(line, lines)));
        }
    }
    let record = reader.record();
    let range = |place| record.range(place);
    let bytes = (record.as_slice(), reader.raw());
    let cells = cells(header, line, bytes, false, range)?;
    if cells.all().iter().any(|cell| is_begun(cell)) {
        return Ok(Some(Odd::Width(record.len()).at(line, lines)));
    }
    let two = header.has_other_number(|place| text(record.as_slice(), range(place)));
    Ok(Some(Located {
        line,
        lines,
        found: if two {
            Found::TwoNumbers
        } else {
            Found::Cells(cells)
        },
    }))
}

/// The text of a cell.
fn text(bytes: &[u8], range: Option<Range<usize>>) -> Option<&str> {
    let cell = std::str::from_utf8(bytes.get(range?)?);
    cell.ok().map(unquoted)
}

/// Whether the record that was read, or could not be read, is several rows that a stray quote joined.
fn is_stray(
    reader: &DelimitedReader<Segment>,
    delimiter: u8,
    header: &Header,
    more: Result<&bool, &IngestError>,
) -> bool {
    match more {
        Ok(false) => false,
        Ok(true) if reader.lines() == 1 => false,
        Ok(true) => {
            let record = reader.record();
            let cells = match only_blanks_from(header.width, |place| record.get(place)) {
                true => record.len().min(header.width),
                false => record.len(),
            };
            stray::swallows(reader.raw(), delimiter, header, Some(cells))
        }
        Err(IngestError::CutOff { .. } | IngestError::RecordTooLong { .. }) => {
            let raw = reader.raw();
            stray::swallows(raw, delimiter, header, None)
                || stray::opens_in_a_row(raw, delimiter, header)
        }
        Err(_) => false,
    }
}

/// What a record is whose number of cells is not that of the header. Nothing if it is a row: what it has beyond the
/// header is blank. `raw` is the record as it is in the file: between its cells are delimiters, in `bytes` are none.
fn odd(
    header: &Header,
    (line, raw): (u64, &[u8]),
    cells: usize,
    bytes: &[u8],
    range: impl Fn(usize) -> Option<Range<usize>>,
) -> Result<Option<Odd>, IngestError> {
    let cell = |place| bytes.get(range(place)?);
    if cells > header.width && only_blanks_from(header.width, cell) {
        return Ok(None);
    }
    if let Some(kind) = aside(raw, number_and_time_of(header, cells, cell)) {
        return Ok(Some(Odd::Aside(kind)));
    }
    let texts = (0..cells).filter_map(|place| std::str::from_utf8(cell(place)?).ok());
    let texts: Vec<_> = texts.map(unquoted).collect();
    if header.is_another(&texts) {
        return Err(IngestError::HeaderChanges { line });
    }
    // With a cell too many or too few it is unknown which cell is which, and one of them may be message content.
    Ok(Some(Odd::Width(cells)))
}

/// True for a cell that opens with a quote and does not close: a blank before the quote has cut it at a delimiter in
/// it.
fn is_begun(cell: &str) -> bool {
    cell.starts_with('"')
        && !cell
            .bytes()
            .filter(|byte| *byte == b'"')
            .count()
            .is_multiple_of(2)
}

/// The cells that may be the number and the time: a short line has perhaps none.
fn number_and_time_of<'r>(
    header: &Header,
    cells: usize,
    cell: impl Fn(usize) -> Option<&'r [u8]>,
) -> (Option<&'r str>, Option<&'r str>) {
    let (number, time) = header.number_and_time();
    let text = |place: Option<usize>| {
        let place = place.filter(|place| *place < cells)?;
        std::str::from_utf8(cell(place)?).ok()
    };
    (text(number), text(time))
}

/// True if there are cells from this place on and all of them are blank.
fn only_blanks_from<'r>(place: usize, cell: impl Fn(usize) -> Option<&'r [u8]>) -> bool {
    let mut more = (place..).map_while(cell);
    more.all(|cell| cell.trim_ascii().is_empty())
}

/// The cells of a record: `range` says which of `bytes` each one is. `record` is the record as it is in the file.
#[inline]
fn cells<'r>(
    header: &Header,
    line: u64,
    (bytes, record): (&'r [u8], &'r [u8]),
    unquote: bool,
    range: impl Fn(usize) -> Option<Range<usize>>,
) -> Result<Cells<'r>, IngestError> {
    let whole = std::str::from_utf8(bytes).ok();
    let mut texts = [""; SLOTS];
    for (text, place) in texts.iter_mut().zip(&header.places) {
        let Some(place) = place else { continue };
        let range = range(*place);
        // One check for the whole record. If it fails, a dropped column may be in another
        // encoding; then each cell that is kept is checked.
        let cell = match whole {
            Some(whole) => range.and_then(|range| whole.get(range)),
            None => range
                .and_then(|range| bytes.get(range))
                .and_then(|cell| std::str::from_utf8(cell).ok()),
        };
        let Some(cell) = cell else {
            return Err(IngestError::NotText { line });
        };
        *text = if unquote { unquoted(cell) } else { cell };
    }
    Ok(Cells::of_record(texts, header.time, (bytes, record)))
}
