//! Files of delimited lines: `,`, `;` or tab, quoted cells, any line ending.

use std::io::{self, Cursor, Read};

use csv::{ByteRecord, ReaderBuilder, Terminator};

use super::RECORD_BYTES;
use super::error::IngestError;
use super::unpack::peek;

/// Reads one record at a time; the first one is the header.
pub(super) struct DelimitedReader {
    reader: csv::Reader<Guarded>,
    header: ByteRecord,
    record: ByteRecord,
    line: u64,
    done: bool,
}

impl DelimitedReader {
    pub(super) fn open(mut source: Box<dyn Read + Send>) -> Result<Self, IngestError> {
        let head = peek(&mut source, HEAD)?;
        let delimiter = delimiter(&head);
        let guarded = Guarded {
            returns: ends_lines_with_returns(&head),
            source: Box::new(Cursor::new(head).chain(source)),
            given: 0,
            too_long: false,
            last: b'\n',
            end: None,
        };
        let mut opened = Self {
            reader: ReaderBuilder::new()
                .delimiter(delimiter)
                // Not CRLF, with which lines are counted late. The CR that is
                // left on a last cell is trimmed with its other white space.
                .terminator(Terminator::Any(b'\n'))
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(BUFFER)
                .from_reader(guarded),
            header: ByteRecord::new(),
            record: ByteRecord::new(),
            line: 1,
            done: false,
        };
        if !opened.advance()? {
            return Err(IngestError::Empty);
        }
        opened.header = opened.record.clone();
        Ok(opened)
    }

    pub(super) fn header(&self) -> &ByteRecord {
        &self.header
    }

    pub(super) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The line the record begins at.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes to the next record. At the end of the file, an unfinished last
    /// record is an error.
    pub(super) fn advance(&mut self) -> Result<bool, IngestError> {
        if self.done {
            return Ok(false);
        }
        let short = self.record.len() < self.header.len();
        let before = self.line;
        loop {
            self.read()?;
            let last = self.record.iter().next_back().unwrap_or_default();
            match self.reader.get_ref().end.as_ref().map(|end| end.in_line) {
                // Inside a cell, END says that a quote was never closed.
                Some(_) if self.record.is_empty() || last.ends_with(END) => {
                    return Err(IngestError::CutOff {
                        line: self.line + 1,
                    });
                }
                // Alone in a record, it is the end of the file.
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
        let start = self.reader.position().line();
        if let Err(error) = self.reader.read_byte_record(&mut self.record) {
            let line = self.reader.position().line();
            return Err(match error.into_kind() {
                _ if self.reader.get_ref().too_long => IngestError::RecordTooLong { line: start },
                csv::ErrorKind::Io(error) => IngestError::reading(error, line),
                _ => IngestError::NotText { line },
            });
        }
        // The reader stands behind the line feed that ended the record. Its
        // own position of the record counts empty lines before it.
        let inside = self
            .record
            .as_slice()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        self.line = self
            .reader
            .position()
            .line()
            .saturating_sub(1 + inside as u64);
        Ok(())
    }
}

/// The source, with a limit on what one record may draw from it and a mark
/// behind its end.
struct Guarded {
    source: Box<dyn Read + Send>,
    /// Lines end in CR alone, as old spreadsheets write them.
    returns: bool,
    /// Bytes drawn since the record began, to a buffer.
    given: usize,
    too_long: bool,
    last: u8,
    end: Option<End>,
}

struct End {
    /// The last line has no line ending.
    in_line: bool,
    rest: &'static [u8],
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(end) = &mut self.end {
            return end.rest.read(buffer);
        }
        if self.given >= RECORD_BYTES {
            self.too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.source.read(buffer)?;
        if read > 0 {
            if self.returns {
                let lines = buffer.iter_mut().take(read);
                lines
                    .filter(|byte| **byte == b'\r')
                    .for_each(|byte| *byte = b'\n');
            }
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

/// True if there are lines and none of them ends in LF, outside quotes.
fn ends_lines_with_returns(head: &[u8]) -> bool {
    let (mut quoted, mut returns) = (false, false);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => return false,
            b'\r' if !quoted => returns = true,
            _ => {}
        }
    }
    returns
}

/// The delimiter of the header: of `,`, `;` and tab the one that stands most
/// often in the first line, outside quotes.
fn delimiter(head: &[u8]) -> u8 {
    let mut counts = [(0, b','), (0, b';'), (0, b'\t')];
    let mut quoted = false;
    let started = head.iter().skip_while(|byte| matches!(byte, b'\n' | b'\r'));
    for byte in started {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts
                .iter_mut()
                .filter(|(_, of)| of == byte)
                .for_each(|(count, _)| *count += 1),
        }
    }
    // The first of the greatest.
    counts
        .iter()
        .rev()
        .max_by_key(|(count, _)| *count)
        .map_or(b',', |(_, byte)| *byte)
}

const BUFFER: usize = 64 << 10;
const HEAD: usize = 64 << 10;
const MARK: &[u8] = b"\x01";
const END: &[u8] = b"\n\x01\n";

#[cfg(test)]
mod tests {
    use super::*;

    type Line = (u64, Vec<String>);

    /// Every record's line and cells, then how the file ended.
    fn read(text: &str) -> (Vec<Line>, Result<(), IngestError>) {
        let mut reader = match DelimitedReader::open(Box::new(Cursor::new(text.to_owned()))) {
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
        let endless = io::Cursor::new("a,b\n1,2\n3,").chain(io::repeat(b'x'));
        let mut reader = DelimitedReader::open(Box::new(endless)).unwrap();
        assert_eq!(reader.advance(), Ok(true));
        assert_eq!(
            reader.advance(),
            Err(IngestError::RecordTooLong { line: 3 })
        );
        let long = format!("a,b\n1,{}\n", "x".repeat(RECORD_BYTES - BUFFER));
        assert_eq!(read(&long).1, Ok(()));
    }
}
