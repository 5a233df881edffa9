//! A stretch of a delimited file that holds whole records, so that several can be
//! read beside each other.
//!
//! Sees every byte of the file; its buffers are wiped.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};
use zeroize::Zeroizing;

use super::RECORD_BYTES;
use super::delimited::{delimiter, ends_lines_with_returns};
use super::error::IngestError;
use super::unpack::peek;

/// Some records; reading from it gives their bytes.
pub struct Segment {
    bytes: Zeroizing<Vec<u8>>,
    filled: usize,
    at: usize,
    /// The line it begins at.
    pub(super) line: u64,
    /// There may be a quote in it.
    pub(super) quoted: bool,
}

/// Bytes of a segment: longer than any record may be.
const SEGMENT: usize = 2 * RECORD_BYTES;
const HEAD: usize = 64 << 10;

impl Segment {
    pub fn new() -> Self {
        Self {
            bytes: Zeroizing::new(Vec::new()),
            filled: 0,
            at: 0,
            line: 1,
            quoted: true,
        }
    }

    /// Where it is read from.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes on reading elsewhere.
    pub(super) fn go_to(&mut self, byte: usize) {
        self.at = byte.min(self.filled);
    }

    /// Everything behind a byte.
    pub(super) fn bytes_from(&self, byte: usize) -> &[u8] {
        self.bytes.get(byte..self.filled).unwrap_or_default()
    }

    /// The same from `byte` on, which stands at the beginning of `line`.
    pub(super) fn from(mut self, byte: usize, line: u64) -> Self {
        (self.at, self.line) = (byte.min(self.filled), line);
        self
    }
}

impl Default for Segment {
    fn default() -> Self {
        Self::new()
    }
}

impl Read for Segment {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.bytes.get(self.at..self.filled).unwrap_or_default();
        let read = rest.read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// Cuts a delimited file into segments.
pub struct Cuts {
    source: Box<dyn Read + Send>,
    delimiter: u8,
    /// Lines end in CR alone, as old spreadsheets write them.
    returns: bool,
    /// What was read behind the last cut.
    rest: Zeroizing<Vec<u8>>,
    line: u64,
    ended: bool,
}

impl Cuts {
    pub(super) fn new(mut source: Box<dyn Read + Send>) -> Result<Self, IngestError> {
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

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Fills a segment that is no longer needed; none when the file has ended. The
    /// last one may end in a record that is cut off.
    pub fn next(&mut self, mut segment: Segment) -> Result<Option<Segment>, IngestError> {
        if self.ended {
            return Ok(None);
        }
        segment.bytes.resize(SEGMENT, 0);
        let bytes = &mut *segment.bytes;
        let kept = self.rest.len();
        bytes[..kept].copy_from_slice(&self.rest);
        let mut filled = kept;
        while filled < SEGMENT {
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
        segment.quoted = memchr(b'"', &bytes[..filled]).is_some();
        let end = match self.ended {
            true => filled,
            false => end_of_records(&bytes[..filled], self.delimiter, segment.quoted)
                .ok_or(IngestError::RecordTooLong { line: self.line })?,
        };
        self.rest = Zeroizing::new(bytes[end..filled].to_vec());
        (segment.filled, segment.at, segment.line) = (end, 0, self.line);
        self.line += memchr_iter(b'\n', &bytes[..end]).count() as u64;
        Ok(Some(segment))
    }
}

/// Where the last whole record ends, if one does. The bytes begin with a record.
fn end_of_records(bytes: &[u8], delimiter: u8, quoted: bool) -> Option<usize> {
    if !quoted {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let mut inside = Inside::Start;
    let mut end = None;
    for (at, byte) in bytes.iter().enumerate() {
        inside = match (inside, byte) {
            (Inside::Quotes, b'"') => Inside::Quote,
            (Inside::Quotes, _) | (Inside::Start | Inside::Quote, b'"') => Inside::Quotes,
            (_, b'\n') => {
                end = Some(at + 1);
                Inside::Start
            }
            (_, byte) if *byte == delimiter => Inside::Start,
            _ => Inside::Cell,
        };
    }
    end
}

/// Where in a record a byte stands, as the reader of records sees it.
#[derive(Clone, Copy)]
enum Inside {
    /// A cell begins.
    Start,
    /// A cell without quotes around it: a quote in it is one like any other.
    Cell,
    Quotes,
    /// Behind a quote among quotes: the cell has ended, or a second one follows.
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
    fn a_cut_stands_behind_a_whole_record() {
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
        assert!(first.is_ok_and(|segment| segment.is_some_and(|segment| segment.filled == 4)));
        let second = cuts.next(Segment::new());
        assert_eq!(second.err(), Some(IngestError::RecordTooLong { line: 2 }));
    }
}
