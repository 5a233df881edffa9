//! Cuts a delimited file into segments.
//!
//! Sees every byte of the file; its buffers are wiped.

use std::io::{self, Read};

use memchr::{memchr, memrchr};
use zeroize::Zeroizing;

use super::dialect::{Dialect, IsHeader};
use super::quotes::Quotes;
use super::segment::{SEGMENT_BYTES, Segment};
use super::tail::WithoutTail;
use super::tidy::{Separators, line_ends, tidy};
use crate::ingest::error::IngestError;
use crate::ingest::unpack::peek::peek_far;

/// How much of a file is looked at to find its header, its delimiter and its line endings, in bytes.
const HEAD: usize = 64 << 10;
/// For how much a segment has room at first, in bytes: the end of a short file is found in it, and all room is wiped.
const NEAR: usize = 16 << 10;

/// A delimited file that is cut into segments of whole records, in the order of the file.
pub struct Cuts {
    source: WithoutTail,
    delimiter: u8,
    quotes: Quotes,
    separators: Separators,
    /// What was read after the last cut.
    rest: Zeroizing<Vec<u8>>,
    line: u64,
    ended: bool,
}

/// How a file is to be read, as far as somebody said it.
#[derive(Clone, Copy)]
pub(in crate::ingest) struct HowWritten<'a> {
    pub(in crate::ingest) quotes: Quotes,
    /// What separates cells, if it is known.
    pub(in crate::ingest) delimiter: Option<u8>,
    /// Whether these can be the names of the columns, and which of them are those of a number and of a time.
    pub(in crate::ingest) is_header: &'a IsHeader<'a>,
}

impl Cuts {
    /// Looks at the beginning of a file, and says how it is written.
    pub(super) fn new(
        source: Box<dyn Read + Send>,
        written: HowWritten<'_>,
    ) -> Result<(Self, Dialect), IngestError> {
        let mut source = WithoutTail::new(source);
        let mut head = peek_far(&mut source, HEAD)?;
        let (filled, ended) = (head.len(), head.len() < HEAD);
        let separators = Separators::of(&head);
        let filled = tidy(&mut head, filled, separators, ended);
        head.truncate(filled);
        let HowWritten {
            quotes,
            delimiter,
            is_header,
        } = written;
        let dialect = Dialect::of(&head, quotes, delimiter, is_header);
        let cuts = Self {
            source,
            delimiter: dialect.delimiter,
            quotes,
            separators,
            rest: head,
            line: 1,
            ended: false,
        };
        Ok((cuts, dialect))
    }

    pub(in crate::ingest) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub(in crate::ingest) fn quotes(&self) -> Quotes {
        self.quotes
    }

    /// How many lines were given so far, and of these whether the last was an end mark, which is in no segment.
    pub fn lines(&self) -> (u64, bool) {
        let end_mark = self.ended && self.source.left_a_line();
        (self.line - 1 + u64::from(end_mark), end_mark)
    }

    /// Fills a segment with the next records of the file. `None` when the file has ended. The
    /// last segment may end in a record that is cut off.
    ///
    /// # Errors
    ///
    /// `StrayQuote` or `RecordTooLong` if no record ends in the room of a segment, and what reading
    /// the source fails with.
    pub fn next(&mut self, mut segment: Segment) -> Result<Option<Segment>, IngestError> {
        if self.ended {
            return Ok(None);
        }
        let kept = self.rest.len();
        let mut bytes = segment.room((kept + NEAR).min(SEGMENT_BYTES));
        bytes[..kept].copy_from_slice(&self.rest);
        let mut filled = kept;
        while filled < SEGMENT_BYTES {
            if filled == bytes.len() {
                bytes = segment.room(SEGMENT_BYTES);
            }
            match self.source.read(&mut bytes[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let lines = line_ends(&bytes[..filled]);
                    return Err(IngestError::reading(error, self.line + lines));
                }
            }
        }
        let filled = tidy(bytes, filled, self.separators, self.ended);
        let quoted = self.quotes != Quotes::None && memchr(b'"', &bytes[..filled]).is_some();
        let end = match self.ended {
            true => filled,
            false => end_of_records(&bytes[..filled], self.delimiter, quoted)
                .ok_or_else(|| self.endless(&bytes[..filled]))?,
        };
        self.rest = Zeroizing::new(bytes[end..filled].to_vec());
        let open = bytes[..end].last().is_some_and(|last| *last != b'\n');
        let lines = line_ends(&bytes[..end]) + u64::from(open);
        segment.fill(end, (self.line, lines));
        segment.quoted = quoted;
        self.line += lines;
        Ok(Some(segment))
    }

    /// Why the bytes hold no end of a record.
    fn endless(&self, bytes: &[u8]) -> IngestError {
        let line = self.line;
        // Only a quote makes a record of several lines.
        match self.quotes == Quotes::Auto && memchr(b'\n', bytes).is_some() {
            true => IngestError::StrayQuote { line },
            false => IngestError::RecordTooLong { line },
        }
    }
}

/// The end of the last whole record, if there is one. The bytes begin with a record.
fn end_of_records(bytes: &[u8], delimiter: u8, quoted: bool) -> Option<usize> {
    if !quoted {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let mut state = QuoteState::Start;
    let mut end = None;
    for (at, byte) in bytes.iter().enumerate() {
        state = match (state, byte) {
            (QuoteState::Quotes, b'"') => QuoteState::Quote,
            (QuoteState::Quotes, _) | (QuoteState::Start | QuoteState::Quote, b'"') => {
                QuoteState::Quotes
            }
            (_, b'\n') => {
                end = Some(at + 1);
                QuoteState::Start
            }
            (_, byte) if *byte == delimiter => QuoteState::Start,
            _ => QuoteState::Cell,
        };
    }
    end
}

/// Where in a record a byte is, by the rules of the reader of quoted cells.
#[derive(Clone, Copy)]
enum QuoteState {
    /// At the beginning of a cell.
    Start,
    /// In a cell that does not begin with a quote; quotes in it have no meaning.
    Cell,
    /// Between the quotes of a cell.
    Quotes,
    /// After a quote in a quoted cell: the cell has ended, or a second quote follows.
    Quote,
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use super::*;

    pub(in crate::ingest::csv) fn cuts(source: impl Read + Send + 'static) -> Cuts {
        let written = HowWritten {
            quotes: Quotes::Auto,
            delimiter: None,
            is_header: &|_| Some((None, None)),
        };
        Cuts::new(Box::new(source), written).unwrap().0
    }

    fn cut(text: &str) -> Option<usize> {
        end_of_records(text.as_bytes(), b',', text.contains('"'))
    }

    #[test]
    fn a_cut_is_after_a_whole_record() {
        assert_eq!(cut("1,2\n3,4\n5"), Some(8));
        assert_eq!(cut("1,2"), None);
        assert_eq!(cut("1,\"x\ny\"\n2,\"z\n"), Some(8));
        assert_eq!(cut("1,\"x\"\"\ny\"\n2,\"z\n"), Some(10));
        assert_eq!(cut("1,5\" pipe\n2,\"z\n"), Some(10));
        assert_eq!(cut("1,\"x\"y\"\n2,\"z\n"), Some(8));
        assert_eq!(cut("\"never\nclosed\n"), None);
    }

    #[test]
    fn segments_put_together_are_the_file() {
        let text: String = (0..200_000)
            .map(|row| format!("{row},\"cell\n{}\"\r\n", row * 7))
            .collect();
        let mut cuts = cuts(Cursor::new(text.clone()));
        let (mut together, mut line, mut segments) = (String::new(), 1, 0);
        while let Some(mut segment) = cuts.next(Segment::new()).unwrap() {
            assert_eq!(segment.line, line);
            let from = together.len();
            segment.read_to_string(&mut together).unwrap();
            line += together[from..].matches('\n').count() as u64;
            segments += 1;
        }
        assert!(together == text && segments > 1);
    }

    #[test]
    fn a_record_longer_than_a_segment_is_refused() {
        let endless = Cursor::new("a,b\n1,\"").chain(io::repeat(b'x'));
        let mut cuts = cuts(endless);
        let first = cuts.next(Segment::new());
        assert!(
            first.is_ok_and(
                |segment| segment.is_some_and(|segment| segment.bytes_from(0).len() == 4)
            )
        );
        let second = cuts.next(Segment::new());
        assert_eq!(second.err(), Some(IngestError::RecordTooLong { line: 2 }));
        let lines = Cursor::new("a,b\n1,\"").chain(Cursor::new("xyz\n".repeat(1 << 20)));
        let mut cuts = self::cuts(lines);
        assert!(cuts.next(Segment::new()).is_ok());
        let second = cuts.next(Segment::new());
        assert_eq!(second.err(), Some(IngestError::StrayQuote { line: 2 }));
    }
}
