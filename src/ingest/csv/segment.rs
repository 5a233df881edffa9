//! A stretch of a delimited file that holds whole records, so that several threads can read one
//! file at the same time.
//!
//! Sees every byte of the file; its buffer is wiped.

use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::ingest::record::MAX_RECORD_BYTES;

/// Some whole records of a file. Reading from it gives their bytes.
pub struct Segment {
    bytes: Zeroizing<Vec<u8>>,
    filled: usize,
    at: usize,
    /// The line of the file it begins at, counted from 1.
    pub(super) line: u64,
    /// The line after its last.
    pub(super) end_line: u64,
    /// False if there is no quote in it that counts.
    pub(super) quoted: bool,
}

/// Most room in a segment, in bytes: longer than any record may be.
pub(super) const SEGMENT_BYTES: usize = 2 * MAX_RECORD_BYTES;

impl Segment {
    /// An empty one, to be filled by `Cuts`.
    pub fn new() -> Self {
        Self {
            bytes: Zeroizing::new(Vec::new()),
            filled: 0,
            at: 0,
            line: 1,
            end_line: 1,
            quoted: true,
        }
    }

    /// At least so much room, to be filled. What was written to it before is kept.
    pub(super) fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.bytes.len() < bytes {
            // The old buffer is wiped when it is dropped. Growing it would leave a copy.
            let mut larger = Zeroizing::new(vec![0; bytes]);
            let (held, _) = larger.split_at_mut(self.bytes.len());
            held.copy_from_slice(&self.bytes);
            self.bytes = larger;
        }
        &mut self.bytes
    }

    /// Marks that the first `filled` bytes of its room are records, which begin at `line` and have
    /// so many lines.
    pub(super) fn fill(&mut self, filled: usize, (line, lines): (u64, u64)) {
        (self.filled, self.at) = (filled, 0);
        (self.line, self.end_line) = (line, line + lines);
    }

    /// The byte that is read next.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads on from another byte.
    pub(super) fn go_to(&mut self, byte: usize) {
        self.at = byte.min(self.filled);
    }

    /// Everything from a byte on.
    pub(super) fn bytes_from(&self, byte: usize) -> &[u8] {
        self.bytes.get(byte..self.filled).unwrap_or_default()
    }

    /// The same segment, whose next byte begins this line.
    pub(super) fn at_line(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// The same segment, to be read from `byte` on, which is the beginning of `line`.
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
