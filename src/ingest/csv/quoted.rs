//! Records of a segment in which cells may be quoted, read by the CSV library.

use std::io::{self, Read};
use std::ops::Range;

use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::memchr_iter;

use super::segment::Segment;
use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

/// Reads one record at a time.
pub(in crate::ingest) struct DelimitedReader<R> {
    reader: csv::Reader<Guarded<R>>,
    record: ByteRecord,
    /// How many cells a whole record has; 0 if that is not known.
    width: usize,
    /// How many lines of the file are before the source.
    before: u64,
    line: u64,
    /// How many lines the record has.
    lines: u64,
    /// The bytes of the source at which the record begins and ends, blank lines before it included.
    bytes: Range<usize>,
    /// Where the source began in its segment.
    base: usize,
    done: bool,
    /// The record is whole, although it is short and has no line ending.
    whole: bool,
}

impl DelimitedReader<Segment> {
    /// Reads a segment. `width` is the number of columns, or 0 if that is not known.
    pub(in crate::ingest) fn of_segment(segment: Segment, delimiter: u8, width: usize) -> Self {
        let (before, base) = (segment.line - 1, segment.position());
        let mut reader = Self::new(segment, delimiter, width, before);
        reader.base = base;
        reader
    }

    /// The record as it is in the file. After an error, all that was read of it.
    pub(super) fn raw(&self) -> &[u8] {
        let segment = &self.reader.get_ref().source;
        let raw = segment.bytes_from(self.base + self.bytes.start);
        raw.get(..self.bytes.len()).unwrap_or(raw)
    }

    /// The segment, to be read on from the next record.
    pub(in crate::ingest) fn into_segment(self) -> Segment {
        let position = self.reader.position().clone();
        let line = self.before + position.line();
        let base = self.base;
        let segment = self.reader.into_inner().source;
        segment.from(base + position.byte() as usize, line)
    }
}

impl<R: Read> DelimitedReader<R> {
    pub(super) fn new(source: R, delimiter: u8, width: usize, before: u64) -> Self {
        let guarded = Guarded {
            source,
            given: 0,
            too_long: false,
            last: b'\n',
            end: None,
        };
        Self {
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                // Not CRLF: the library would count lines late. The CR that stays at the end
                // of a last cell is trimmed with its other white space.
                .terminator(Terminator::Any(b'\n'))
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(BUFFER)
                .from_reader(guarded),
            record: ByteRecord::new(),
            width,
            before,
            line: before + 1,
            lines: 1,
            bytes: 0..0,
            base: 0,
            done: false,
            whole: false,
        }
    }

    /// The current record.
    pub(in crate::ingest) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The line the record begins at.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many lines the record has.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Says that the record is whole, however short it is.
    pub(super) fn is_whole(&mut self) {
        self.whole = true;
    }

    /// Goes to the next record. False at the end; a last record that is not whole is an error.
    pub(in crate::ingest) fn advance(&mut self) -> Result<bool, IngestError> {
        if self.done {
            return Ok(false);
        }
        let short = self.record.len() < self.width && !std::mem::take(&mut self.whole);
        let before = self.line;
        loop {
            self.read()?;
            let last = self.record.iter().next_back().unwrap_or_default();
            match self.reader.get_ref().end.as_ref().map(|end| end.in_line) {
                // The mark inside a cell: a quote was never closed.
                Some(_) if self.record.is_empty() || last.ends_with(END) => {
                    return Err(IngestError::CutOff {
                        line: self.line + 1,
                    });
                }
                // The mark alone in a record: the end of the file.
                Some(in_line) if self.record.len() == 1 && last == MARK => {
                    self.done = true;
                    let cut = in_line && short;
                    return if cut {
                        Err(IngestError::CutOff { line: before })
                    } else {
                        Ok(false)
                    };
                }
                // An empty line that ends in CR and LF.
                _ if self.record.len() == 1 && last == b"\r" => {}
                _ => return Ok(true),
            }
        }
    }

    fn read(&mut self) -> Result<(), IngestError> {
        self.reader.get_mut().given = 0;
        let start = self.before + self.reader.position().line();
        self.bytes.start = self.reader.position().byte() as usize;
        self.bytes.end = usize::MAX;
        if let Err(error) = self.reader.read_byte_record(&mut self.record) {
            let line = self.before + self.reader.position().line();
            return Err(match error.into_kind() {
                _ if self.reader.get_ref().too_long => IngestError::RecordTooLong { line: start },
                csv::ErrorKind::Io(error) => IngestError::reading(error, line),
                _ => IngestError::NotText { line },
            });
        }
        // The reader is at the line after the record. It counts empty lines before a record
        // as part of it, so the line of the record is counted back from its end.
        let inside = memchr_iter(b'\n', self.record.as_slice()).count();
        self.bytes.end = self.reader.position().byte() as usize;
        self.lines = 1 + inside as u64;
        let after = self.before + self.reader.position().line();
        self.line = after.saturating_sub(1 + inside as u64);
        Ok(())
    }
}

/// The source, with a limit on what is read of it for one record, and a mark after its end.
struct Guarded<R> {
    source: R,
    /// Bytes read since the record began, to within a buffer.
    given: usize,
    too_long: bool,
    last: u8,
    end: Option<End>,
}

/// The end of the source was reached.
struct End {
    /// The last line has no line ending.
    in_line: bool,
    /// What of the mark was not read yet.
    rest: &'static [u8],
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(end) = &mut self.end {
            return end.rest.read(buffer);
        }
        if self.given >= MAX_RECORD_BYTES {
            self.too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.source.read(buffer)?;
        if read > 0 {
            self.given += read;
            self.last = buffer.get(read - 1).copied().unwrap_or_default();
            return Ok(read);
        }
        let mut rest = END;
        let read = rest.read(buffer)?;
        self.end = Some(End {
            in_line: !matches!(self.last, b'\n' | b'\r'),
            rest,
        });
        Ok(read)
    }
}

/// Room in the library's buffer, in bytes.
const BUFFER: usize = 64 << 10;
/// A record that is only the mark.
const MARK: &[u8] = b"\x01";
/// What the CSV library reads after the end of the source.
const END: &[u8] = b"\n\x01\n";

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::beginning::Beginning;
    use super::super::cuts::HowWritten;
    use super::super::quotes::Quotes;
    use super::*;

    type Line = (u64, Vec<String>);

    /// A reader of the records of the first segment.
    fn open(source: impl Read + Send + 'static) -> Result<DelimitedReader<Segment>, IngestError> {
        let written = HowWritten {
            quotes: Quotes::Auto,
            delimiter: None,
            is_header: &|_| None,
        };
        let beginning = Beginning::read(Box::new(source), written)?;
        let width = beginning.names().len();
        let Beginning { cuts, first, .. } = beginning;
        Ok(DelimitedReader::of_segment(first, cuts.delimiter(), width))
    }

    /// Every record's line and cells, then how the file ended.
    fn read(text: &str) -> (Vec<Line>, Result<(), IngestError>) {
        let mut reader = match open(Cursor::new(text.to_owned())) {
            Ok(reader) => reader,
            Err(error) => return (Vec::new(), Err(error)),
        };
        let mut records = Vec::new();
        loop {
            match reader.advance() {
                Ok(true) => {}
                Ok(false) => return (records, Ok(())),
                Err(error) => return (records, Err(error)),
            }
            let cells = reader.record().iter();
            let cells = cells
                .map(|cell| String::from_utf8(cell.trim_ascii_end().to_vec()).unwrap())
                .collect();
            records.push((reader.line(), cells));
        }
    }

    fn row(line: u64, cells: &[&str]) -> Line {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn delimiters_line_endings_and_quotes_are_understood() {
        let rows = vec![row(2, &["1", "x\ny"]), row(4, &["2", "z\"z"])];
        for text in [
            "a,b\n1,\"x\ny\"\n2,\"z\"\"z\"\n",
            "a;b\n1;\"x\ny\"\n2;\"z\"\"z\"",
            "\"a,;,\"\tb\n1\t\"x\ny\"\n2\t\"z\"\"z\"\n\n",
        ] {
            assert_eq!(read(text), (rows.clone(), Ok(())), "{text:?}");
        }
        let rows = vec![row(2, &["1", "x"]), row(3, &["2", "y"])];
        assert_eq!(read("a,b\r\n1,x\r\n2,y\r\n"), (rows.clone(), Ok(())));
        assert_eq!(read("a,b\r\n1,x\r\n2,y"), (rows, Ok(())));
        let rows = vec![row(2, &["1", "x"]), row(4, &["2", "y"])];
        assert_eq!(read("a,b\r1,x\r\r2,y\r"), (rows.clone(), Ok(())));
        assert_eq!(read("a,b\r1,\"x\"\r\r2,y"), (rows, Ok(())));
        let rows = vec![row(3, &["1", "x"]), row(6, &["2", "y"])];
        assert_eq!(
            read("a,b\r\n\r\n1,\"x\"\r\n\r\n\r\n2,y\r\n\r\n"),
            (rows.clone(), Ok(()))
        );
        assert_eq!(read("a,b\n\n1,\"x\"\n\n\n2,y\n\n"), (rows, Ok(())));
    }

    #[test]
    fn an_open_quote_and_a_short_last_line_are_a_cut_file() {
        let cut = |text| read(text).1;
        assert_eq!(cut("a,b\n1,\"x\n"), Err(IngestError::CutOff { line: 2 }));
        assert_eq!(cut("a,b\n1,2\n3,\"x\""), Ok(()));
        assert_eq!(cut("a,b\n1,2\n3"), Err(IngestError::CutOff { line: 3 }));
        assert_eq!(cut("a,b\n1,2\n3\n"), Ok(()));
        assert_eq!(cut("\"a,b\n"), Err(IngestError::CutOff { line: 1 }));
        assert_eq!(cut("\n\n"), Err(IngestError::Empty));
    }

    #[test]
    fn a_record_without_end_is_refused_before_it_fills_the_memory() {
        let endless = Cursor::new("1,2\n3,").chain(io::repeat(b'x'));
        let mut reader = DelimitedReader::new(endless, b',', 2, 1);
        assert_eq!(reader.advance(), Ok(true));
        assert_eq!(
            reader.advance(),
            Err(IngestError::RecordTooLong { line: 3 })
        );
        let long = format!("a,b\n1,{}\n", "x".repeat(MAX_RECORD_BYTES - BUFFER));
        assert_eq!(read(&long).1, Ok(()));
        let longer = format!("a,b\n1,{}\n", "x".repeat(MAX_RECORD_BYTES + 2 * BUFFER));
        assert_eq!(read(&longer).1, Err(IngestError::RecordTooLong { line: 2 }));
    }
}
