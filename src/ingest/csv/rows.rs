//! The rows of a whole delimited file, segment after segment.

use std::sync::Arc;

use super::cuts::Cuts;
use super::header::Header;
use super::parser::SegmentParser;
use super::segment::Segment;
use crate::ingest::declared::Declared;
use crate::ingest::error::IngestError;
use crate::ingest::formats::shape::Shape;
use crate::ingest::rows::fitness::Fitness;
use crate::vault::plaintext::RowBatch;

/// A delimited file, to be read by one thread, or to be split for several.
pub(in crate::ingest) struct DelimitedRows {
    header: Arc<Header>,
    cuts: Cuts,
    /// The segment to be read next, if there is one.
    next: Option<Segment>,
    parser: SegmentParser,
    declared: Declared,
    shape: Shape,
}

impl DelimitedRows {
    /// `first` is the first segment, to be read from after the header.
    pub(in crate::ingest) fn new(
        header: Header,
        first: Segment,
        cuts: Cuts,
        declared: Declared,
        shape: Shape,
    ) -> Self {
        let header = Arc::new(header);
        let delimiter = cuts.delimiter();
        let parser = SegmentParser::new(Arc::clone(&header), delimiter, declared.clone(), &shape);
        Self {
            header,
            cuts,
            next: Some(first),
            parser,
            declared,
            shape,
        }
    }

    /// The names of the columns that are not read.
    pub(in crate::ingest) fn dropped(&self) -> &[String] {
        self.header.dropped()
    }

    /// The first segment, what cuts the others, and as many parsers as are wanted.
    pub(in crate::ingest) fn split(self, parsers: usize) -> (Segment, Cuts, Vec<SegmentParser>) {
        let delimiter = self.cuts.delimiter();
        let more = (1..parsers).map(|_| {
            let header = Arc::clone(&self.header);
            SegmentParser::new(header, delimiter, self.declared.clone(), &self.shape)
        });
        let parsers = more.chain([self.parser]).collect();
        (self.next.unwrap_or_default(), self.cuts, parsers)
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
        if self.parser.read_batch(batch)? {
            return Ok(true);
        }
        let (segment, tally) = self.parser.end();
        fitness.take(tally)?;
        self.next = self.cuts.next(segment)?;
        Ok(self.next.is_some())
    }
}
