//! The rows of a whole delimited file, segment after segment.

use std::sync::Arc;

use super::beginning::Beginning;
use super::cuts::Cuts;
use super::header::Header;
use super::parser::SegmentParser;
use super::preamble::Before;
use super::segment::Segment;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::rows::fitness::Fitness;
use crate::vault::plaintext::{Reject, RejectCells, RejectKind, RowBatch, SkipKind};

/// A delimited file, to be read by one thread, or to be split for several.
pub(in crate::ingest) struct DelimitedRows {
    header: Arc<Header>,
    cuts: Cuts,
    /// The segment to be read next, if there is one.
    next: Option<Segment>,
    parser: SegmentParser,
    declared: Declared,
    shape: Shape,
    /// The lines before the records; not yet counted in a batch.
    before: Before,
}

impl DelimitedRows {
    /// `first` is the first segment, to be read from after the header.
    pub(in crate::ingest) fn new(
        header: Header,
        Beginning {
            cuts,
            first,
            before,
            ..
        }: Beginning,
        declared: Declared,
        shape: Shape,
    ) -> Self {
        let header = Arc::new(header);
        let written = (cuts.delimiter(), cuts.quotes());
        let parser = SegmentParser::new(Arc::clone(&header), written, declared.clone(), &shape);
        Self {
            header,
            cuts,
            next: Some(first),
            parser,
            declared,
            shape,
            before,
        }
    }

    /// The names of the columns that are not read.
    pub(in crate::ingest) fn dropped(&self) -> Vec<String> {
        self.header.dropped()
    }

    /// How many lines the file has, once it was read.
    pub(in crate::ingest) fn lines(&self) -> u64 {
        self.cuts.lines().0
    }

    /// The lines before the records, the first segment, what cuts the others, and as many parsers as are wanted.
    pub(in crate::ingest) fn split(
        self,
        parsers: usize,
    ) -> (Before, Segment, Cuts, Vec<SegmentParser>) {
        let written = (self.cuts.delimiter(), self.cuts.quotes());
        let more = (1..parsers).map(|_| {
            let header = Arc::clone(&self.header);
            SegmentParser::new(header, written, self.declared.clone(), &self.shape)
        });
        let parsers = more.chain([self.parser]).collect();
        let first = self.next.unwrap_or_default();
        (self.before, first, self.cuts, parsers)
    }

    /// Reads rows of the current segment, or of the next one.
    pub(in crate::ingest) fn read_batch(
        &mut self,
        batch: &mut RowBatch,
        fitness: &mut Fitness,
    ) -> Result<bool, IngestError> {
        if let Some(segment) = self.next.take() {
            self.parser.begin(segment);
        }
        let more = self.parser.read_batch(batch)?;
        skip_beginning(&std::mem::take(&mut self.before), batch);
        if more {
            return Ok(true);
        }
        let (segment, tally) = self.parser.end();
        fitness.take(tally)?;
        self.next = self.cuts.next(segment)?;
        if self.next.is_none() {
            skip_end(&self.cuts, batch);
        }
        Ok(self.next.is_some())
    }
}

/// Counts the lines before the header, and those of the header. A line before it with a number is held back.
pub(in crate::ingest) fn skip_beginning(before: &Before, batch: &mut RowBatch) {
    let held = before.held.len() as u64;
    batch.skip(SkipKind::Preamble, before.preamble.saturating_sub(held));
    batch.skip(SkipKind::Header, before.header);
    for line in &before.held {
        batch.reject(Reject {
            line: *line,
            column: None,
            kind: RejectKind::PhoneNumber,
            cells: RejectCells::none(),
        });
    }
}

/// Counts the line of an end mark at the end of a file that was read.
pub(in crate::ingest) fn skip_end(cuts: &Cuts, batch: &mut RowBatch) {
    let (_, end_mark) = cuts.lines();
    batch.skip(SkipKind::EndMark, u64::from(end_mark));
}
