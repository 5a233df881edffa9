//! The cells of the records of one segment.

use std::ops::Range;
use std::sync::Arc;

use super::header::Header;
use super::plain_lines::PlainLines;
use super::quoted::DelimitedReader;
use super::segment::Segment;
use crate::ingest::error::IngestError;
use crate::ingest::guard::cells::RecordLook;
use crate::ingest::record::Record;
use crate::ingest::rows::cells::{Cells, SLOTS};
use crate::vault::plaintext::RejectKind;

/// The records of a segment, with the columns of the header.
pub(super) struct DelimitedLog {
    lines: Lines,
    header: Arc<Header>,
}

enum Lines {
    Plain(PlainLines),
    Quoted(Box<DelimitedReader<Segment>>),
}

impl DelimitedLog {
    pub(super) fn new(segment: Segment, delimiter: u8, header: Arc<Header>) -> Self {
        let lines = match segment.quoted {
            false => Lines::Plain(PlainLines::new(segment, delimiter, header.width)),
            true => Lines::Quoted(Box::new(DelimitedReader::of_segment(
                segment,
                delimiter,
                header.width,
            ))),
        };
        Self { lines, header }
    }

    pub(super) fn into_segment(self) -> Segment {
        match self.lines {
            Lines::Plain(lines) => lines.into_segment(),
            Lines::Quoted(reader) => reader.into_segment(),
        }
    }

    /// The next record, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Record<Cells<'_>>>, IngestError> {
        match &mut self.lines {
            Lines::Plain(lines) => {
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
            Lines::Quoted(reader) => {
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

/// The cells of a record: `cells` says how many it has, `range` which of `bytes` each one is.
fn record<'r>(
    header: &Header,
    line: u64,
    cells: usize,
    bytes: &'r [u8],
    range: impl Fn(usize) -> Option<Range<usize>>,
) -> Result<Record<Cells<'r>>, IngestError> {
    // With a cell too many or too few it is unknown which cell is which, and one of them may be
    // message content.
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
        // One check for the whole record. If it fails, a dropped column may be in another
        // encoding; then each cell that is kept is checked.
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
        cells: Ok(Cells::new(texts, header.time).looked_at(RecordLook::of(bytes))),
    })
}
