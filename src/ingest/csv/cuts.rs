//! Cuts a delimited file into segments.
//!
//! Sees every byte of the file; its buffers are wiped.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};
use zeroize::Zeroizing;

use super::dialect::{delimiter, ends_lines_with_returns};
use super::segment::{SEGMENT_BYTES, Segment};
use crate::ingest::error::IngestError;
use crate::ingest::unpack::peek::peek;

/// How much of a file is looked at to find its delimiter and line ending, in bytes.
const HEAD: usize = 64 << 10;

/// A delimited file that is cut into segments of whole records, in the order of the file.
pub struct Cuts {
    source: Box<dyn Read + Send>,
    delimiter: u8,
    /// Lines end in CR alone, as old spreadsheets write them.
    returns: bool,
    /// What was read after the last cut.
    rest: Zeroizing<Vec<u8>>,
    line: u64,
    ended: bool,
}

impl Cuts {
    pub(in crate::ingest) fn new(mut source: Box<dyn Read + Send>) -> Result<Self, IngestError> {
        let head = peek(&mut source, HEAD)?;
        Ok(Self {
            source,
            delimiter: delimiter(&head),
            returns: ends_lines_with_returns(&head),
            rest: head,
            line: 1,
            ended: false,
        })
    }

    pub(in crate::ingest) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Fills a segment with the next records of the file. `None` when the file has ended. The
    /// last segment may end in a record that is cut off.
    ///
    /// # Errors
    ///
    /// `RecordTooLong` if no record ends in the room of a segment, and what reading the source
    /// fails with.
    pub fn next(&mut self, mut segment: Segment) -> Result<Option<Segment>, IngestError> {
        if self.ended {
            return Ok(None);
        }
        let bytes = segment.room();
        let kept = self.rest.len();
        bytes[..kept].copy_from_slice(&self.rest);
        let mut filled = kept;
        while filled < SEGMENT_BYTES {
            match self.source.read(&mut bytes[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let lines = memchr_iter(b'\n', &bytes[..filled]).count() as u64;
                    return Err(IngestError::reading(error, self.line + lines));
                }
            }
        }
        if self.returns {
            let read = bytes[..filled].iter_mut();
            read.filter(|byte| **byte == b'\r')
                .for_each(|byte| *byte = b'\n');
        }
        let quoted = memchr(b'"', &bytes[..filled]).is_some();
        let end = match self.ended {
            true => filled,
            false => end_of_records(&bytes[..filled], self.delimiter, quoted)
                .ok_or(IngestError::RecordTooLong { line: self.line })?,
        };
        self.rest = Zeroizing::new(bytes[end..filled].to_vec());
        let lines = memchr_iter(b'\n', &bytes[..end]).count() as u64;
        segment.fill(end, self.line);
        segment.quoted = quoted;
        self.line += lines;
        Ok(Some(segment))
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
mod tests {
    use std::io::Cursor;

    use super::*;

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
        let mut cuts = Cuts::new(Box::new(Cursor::new(text.clone()))).unwrap();
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
        let mut cuts = Cuts::new(Box::new(endless)).unwrap();
        let first = cuts.next(Segment::new());
        assert!(
            first.is_ok_and(
                |segment| segment.is_some_and(|segment| segment.bytes_from(0).len() == 4)
            )
        );
        let second = cuts.next(Segment::new());
        assert_eq!(second.err(), Some(IngestError::RecordTooLong { line: 2 }));
    }
}
