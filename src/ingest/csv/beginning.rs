//! The beginning of a delimited file: its first segment and the names of its columns.

use std::io::Read;

use super::cuts::Cuts;
use super::quoted::DelimitedReader;
use super::segment::Segment;
use crate::ingest::error::IngestError;

/// A delimited file of which only the header was read.
pub(in crate::ingest) struct Beginning {
    pub(in crate::ingest) cuts: Cuts,
    /// A reader of the first segment, at the header.
    pub(in crate::ingest) header: DelimitedReader<Segment>,
}

impl Beginning {
    /// Reads the header. A file without one is `Empty`.
    pub(in crate::ingest) fn read(source: Box<dyn Read + Send>) -> Result<Self, IngestError> {
        let mut cuts = Cuts::new(source)?;
        let first = cuts.next(Segment::new())?.ok_or(IngestError::Empty)?;
        let mut header = DelimitedReader::of_segment(first, cuts.delimiter(), 0);
        if !header.advance()? {
            return Err(IngestError::Empty);
        }
        Ok(Self { cuts, header })
    }

    /// The names of the columns.
    pub(in crate::ingest) fn names(&self) -> Result<Vec<&str>, IngestError> {
        let names = self.header.record().iter();
        names
            .map(|name| std::str::from_utf8(name).map(str::trim))
            .collect::<Result<_, _>>()
            .map_err(|_| IngestError::NotText { line: 1 })
    }
}
