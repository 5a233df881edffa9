//! The rows of one segment after the other.

use std::sync::Arc;

use super::aside::aside;
use super::dialect::name_of;
use super::first_cells::cells as cells_of;
use super::header::Header;
use super::log::{DelimitedLog, Found, Located};
use super::quotes::Quotes;
use super::segment::Segment;
use crate::domain::Field;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::rows::cells::Cells;
use crate::ingest::rows::fitness::FitTally;
use crate::ingest::rows::maker::{Place, RowMaker};
use crate::vault::plaintext::{RejectKind, RowBatch, SkipKind};

/// Reads segments. Several parsers may read segments of one file at the same time.
pub struct SegmentParser {
    header: Arc<Header>,
    written: (u8, Quotes),
    maker: RowMaker,
    log: Option<DelimitedLog>,
    tally: FitTally,
    /// The line after the last record, and the line after the segment.
    line: u64,
    end_line: u64,
}

impl SegmentParser {
    pub(in crate::ingest) fn new(
        header: Arc<Header>,
        written: (u8, Quotes),
        declared: Declared,
        shape: &Shape,
    ) -> Self {
        Self {
            header,
            written,
            maker: RowMaker::new(declared, shape),
            log: None,
            tally: FitTally::default(),
            line: 1,
            end_line: 1,
        }
    }

    /// Begins to read a segment.
    pub fn begin(&mut self, segment: Segment) {
        let header = Arc::clone(&self.header);
        (self.line, self.end_line) = (segment.line, segment.end_line);
        self.log = Some(DelimitedLog::new(segment, self.written, header));
        self.tally = FitTally::default();
    }

    /// Empties the batch and fills it. False when the segment has ended; the batch then holds
    /// its last rows.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; nothing of it should be used then.
    pub fn read_batch(&mut self, batch: &mut RowBatch) -> Result<bool, IngestError> {
        batch.clear();
        let Some(log) = &mut self.log else {
            return Ok(false);
        };
        while !batch.is_full() {
            let Some(Located { line, lines, found }) = log.next()? else {
                batch.skip(SkipKind::Blank, self.end_line.saturating_sub(self.line));
                self.line = self.end_line;
                return Ok(false);
            };
            batch.skip(SkipKind::Blank, line.saturating_sub(self.line));
            self.line = line + lines;
            let place = Place { line, lines };
            match found {
                Found::Cells(cells) => {
                    self.tally.count(None, line);
                    let maker = &self.maker;
                    self.tally
                        .count_account(|| maker.account_is_number(&cells), line);
                    let read_with = (self.header.as_ref(), self.written);
                    add(&mut self.maker, batch, place, (&cells, read_with))?;
                }
                Found::OtherWidth(width) => {
                    self.tally.count(Some((width, self.header.width)), line);
                    let kind = RejectKind::WrongCellCount;
                    self.maker.add(batch, place, Err(kind))?;
                }
                Found::TwoNumbers => {
                    let kind = RejectKind::SeveralNumbers;
                    self.maker.add(batch, place, Err(kind))?;
                }
                Found::Aside(kind) => batch.skip(kind, lines),
            }
        }
        Ok(true)
    }

    /// The segment, to be filled again, and how many of its records fit the format.
    pub fn end(&mut self) -> (Segment, FitTally) {
        let segment = self.log.take().map(DelimitedLog::into_segment);
        (segment.unwrap_or_default(), std::mem::take(&mut self.tally))
    }
}

/// Adds the row of a record. What cannot be admitted may be no row at all.
fn add(
    maker: &mut RowMaker,
    batch: &mut RowBatch,
    place: Place,
    (cells, (header, written)): (&Cells<'_>, (&Header, (u8, Quotes))),
) -> Result<(), IngestError> {
    let Place { line, lines } = place;
    let changes = || {
        header.may_be_another(cells)
            && aside(cells.record, (None, None)).is_none()
            && is_another(header, cells.record, written)
    };
    // A name such as `received` may be in the place of the direction, where it would say that the row is inbound.
    let digits = cells
        .get(Field::Number)
        .bytes()
        .any(|byte| byte.is_ascii_digit());
    if !digits && !header.is_repeated(cells) && changes() {
        return Err(IngestError::HeaderChanges { line });
    }
    let Some(reject) = maker.add_row(batch, place, cells)? else {
        return Ok(());
    };
    if header.is_repeated(cells) {
        batch.skip(SkipKind::RepeatedHeader, lines);
    } else if digits && changes() {
        return Err(IngestError::HeaderChanges { line });
    } else if let Some(kind) = aside(cells.record, number_and_time(cells)) {
        batch.skip(kind, lines);
    } else {
        batch.reject(reject);
        batch.stands_for(lines);
    }
    Ok(())
}

fn number_and_time<'c>(cells: &Cells<'c>) -> (Option<&'c str>, Option<&'c str>) {
    (
        Some(cells.get(Field::Number)),
        Some(cells.get(Field::SentAt)),
    )
}

/// True if the record, as it is in the file, has the names of other columns.
fn is_another(header: &Header, record: &[u8], (delimiter, quotes): (u8, Quotes)) -> bool {
    let record = cells_of(record, delimiter, quotes);
    let texts: Vec<_> = record.iter().filter_map(name_of).collect();
    header.is_another(&texts)
}
