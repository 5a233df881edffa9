//! The bytes of a JSON file, read piece by piece. Places are counted in bytes from the beginning of the file.
//!
//! Sees every byte of the file; its buffers are wiped.

use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memrchr};
use zeroize::Zeroizing;

use crate::domain::invisible::is_invisible;
use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

/// A JSON file and the place in it that is read next.
pub(super) struct JsonBytes {
    source: Box<dyn Read + Send>,
    /// True if nothing comes from the source.
    ended: bool,
    /// Reading it failed.
    failed: bool,
    /// What was read and may be needed.
    buffer: Zeroizing<Vec<u8>>,
    /// The place of the first byte of the buffer.
    base: usize,
    /// The place after its last byte.
    filled: usize,
    /// The place to be read next.
    pub(super) at: usize,
    /// What is before this place may be given up.
    pub(super) keep: usize,
    /// Lines were counted up to this place.
    counted: usize,
    line: u64,
    /// The place where that line begins.
    line_start: usize,
    /// Where the record begins that is read.
    start: Position,
    /// What ends the lines, once one was seen to end: LF, or CR in a file of an old program.
    line_mark: Option<u8>,
}

/// A line of the file and a byte of the line, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) struct Position {
    pub(in crate::ingest) line: u64,
    pub(in crate::ingest) column: u64,
}

impl JsonBytes {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self::with(source, vec![0; NEAR])
    }

    fn with(source: Box<dyn Read + Send>, buffer: Vec<u8>) -> Self {
        Self {
            source,
            ended: false,
            failed: false,
            buffer: Zeroizing::new(buffer),
            base: 0,
            filled: 0,
            at: 0,
            keep: 0,
            counted: 0,
            line: 1,
            line_start: 0,
            start: Position { line: 1, column: 1 },
            line_mark: None,
        }
    }

    /// These bytes and nothing after them.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut all = Self {
            ended: true,
            filled: bytes.len(),
            ..Self::with(Box::new(std::io::empty()), bytes.to_vec())
        };
        all.see_line_mark();
        all
    }

    /// Looks for the first end of a line.
    fn see_line_mark(&mut self) {
        let bytes = self.between(self.base..self.filled);
        let mark = match memchr2(b'\n', b'\r', bytes).and_then(|at| bytes.get(at..)) {
            Some([b'\r', next, ..]) if *next != b'\n' => Some(b'\r'),
            Some([b'\n', ..] | [b'\r', _, ..]) => Some(b'\n'),
            // What comes behind it is not known yet.
            _ => None,
        };
        self.line_mark = mark;
    }

    fn line_mark(&self) -> u8 {
        self.line_mark.unwrap_or(b'\n')
    }

    /// The bytes between two places; none if they were given up.
    pub(super) fn between(&self, range: Range<usize>) -> &[u8] {
        let [start, end] = [range.start, range.end].map(|place| place.wrapping_sub(self.base));
        self.buffer.get(start..end).unwrap_or_default()
    }

    /// What was read from the source and not passed over.
    pub(super) fn ready(&self) -> &[u8] {
        self.between(self.at..self.filled)
    }

    /// A record begins here, and is kept from here on.
    pub(super) fn begin(&mut self) {
        self.start = self.position();
        self.keep = self.at;
    }

    /// Where the record begins.
    pub(super) fn start(&self) -> Position {
        self.start
    }

    /// Where it is.
    pub(super) fn position(&mut self) -> Position {
        self.count_to(self.at);
        let column = (self.at.saturating_sub(self.line_start) + 1) as u64;
        let line = self.line;
        Position { line, column }
    }

    /// The next byte, if there is one.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, IngestError> {
        self.byte(self.at)
    }

    /// The byte at a place that is not before `keep`.
    pub(super) fn byte(&mut self, at: usize) -> Result<Option<u8>, IngestError> {
        while at >= self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(at - self.base).copied())
    }

    /// The next byte that is no white space. `outside`: between records that are in nothing else, where what nobody
    /// sees is skipped too, and the marks of records and of the end.
    pub(super) fn skip_space(&mut self, outside: bool) -> Result<Option<u8>, IngestError> {
        let outside = outside && self.keep == self.at;
        loop {
            if outside {
                self.keep = self.at;
            }
            match self.peek()? {
                Some(byte) if is_space(byte) => self.at += 1,
                Some(0 | 0x1a | 0x1e) if outside => self.at += 1,
                Some(0xc2..) if outside => match self.invisible()? {
                    Some(bytes) => self.at += bytes,
                    None => return self.peek(),
                },
                next => return Ok(next),
            }
        }
    }

    /// The first byte of a list that begins here.
    pub(super) fn first_in_list(&mut self) -> Result<Option<u8>, IngestError> {
        let mut at = self.at + 1;
        while let Some(byte) = self.byte(at)? {
            if !is_space(byte) {
                return Ok(Some(byte));
            }
            at += 1;
        }
        Ok(None)
    }

    /// The place where the line ends that `from` is in. `from` was not given up.
    pub(super) fn line_end(&mut self, from: usize) -> Result<usize, IngestError> {
        let mut at = from;
        loop {
            if self.byte(at)?.is_none() {
                return Ok(at);
            }
            match memchr(self.line_mark(), self.between(at..self.filled)) {
                Some(found) => return Ok(at + found),
                None => at = self.filled,
            }
        }
    }

    /// The same, but gives up where a line is longer than a record may be: then the answer is the place up to which
    /// it was read, and false. It is known that no line ends between `from` and `known`.
    pub(super) fn line_end_near(
        &mut self,
        from: usize,
        known: usize,
    ) -> Result<(usize, bool), IngestError> {
        let mut at = from.max(known);
        while at - from < MAX_RECORD_BYTES {
            if self.byte(at)?.is_none() {
                return Ok((at, true));
            }
            match memchr(self.line_mark(), self.between(at..self.filled)) {
                Some(found) => return Ok((at + found, true)),
                None => at = self.filled,
            }
        }
        Ok((at, false))
    }

    /// The place where the line begins after one that ends at `end`.
    pub(super) fn after_line(&self, end: usize) -> usize {
        (end + 1).min(self.filled)
    }

    /// Whether the source was read to its end, and did not fail.
    pub(super) fn has_ended(&self) -> bool {
        self.ended && !self.failed
    }

    /// Whether the byte at a place was not given up.
    pub(super) fn holds(&self, place: usize) -> bool {
        place >= self.base
    }

    /// Goes on at `to`. The line is counted again from `from` on, which is at `start`.
    pub(super) fn go_on(&mut self, to: usize, (from, start): (usize, Position)) {
        self.start = start;
        (self.counted, self.line) = (from, start.line);
        self.line_start = (from + 1).saturating_sub(start.column as usize);
        self.at = to;
    }

    /// How many bytes the next character has, if nobody sees it.
    fn invisible(&mut self) -> Result<Option<usize>, IngestError> {
        let mut bytes = [0; 4];
        for (ahead, to) in bytes.iter_mut().enumerate() {
            *to = self.byte(self.at + ahead)?.unwrap_or_default();
        }
        let valid = bytes.utf8_chunks().next().map(|chunk| chunk.valid());
        let next = valid.and_then(|text| text.chars().next());
        Ok(next.filter(|c| is_invisible(*c)).map(char::len_utf8))
    }

    /// Reads more. False at the end of the file.
    fn fill(&mut self) -> Result<bool, IngestError> {
        if self.filled - self.keep >= MAX_RECORD_BYTES + ROOM / 2 {
            return Err(self.too_long());
        }
        if self.ended {
            return Ok(false);
        }
        self.make_room();
        let room = self.buffer.get_mut(self.filled - self.base..);
        let read = self.source.read(room.unwrap_or_default());
        let read = read.map_err(|error| {
            self.failed = true;
            let line = self.position().line;
            IngestError::reading(error, line)
        })?;
        self.filled += read;
        self.ended = read == 0;
        if self.line_mark.is_none() {
            self.see_line_mark();
        }
        Ok(read > 0)
    }

    /// Gives up what is before `keep`. If there is hardly any room then, or the file is not short, the buffer grows.
    fn make_room(&mut self) {
        let size = self.buffer.len();
        if size - (self.filled - self.base) > size / 4 {
            return;
        }
        // The room for a short file grows before anything is given up.
        let is_first = size < ROOM / 2;
        let keep = if is_first { self.base } else { self.keep };
        self.count_to(keep);
        let held = keep - self.base..self.filled - self.base;
        let hardly_any = held.len() > size / 2 && size < MAX_RECORD_BYTES + ROOM;
        if is_first || hardly_any {
            // The old buffer is wiped when it is dropped. Growing it would leave a copy.
            let larger = (size * 2).clamp(ROOM / 2, MAX_RECORD_BYTES + ROOM);
            let mut larger = Zeroizing::new(vec![0; larger]);
            let held = self.buffer.get(held).unwrap_or_default();
            for (to, from) in larger.iter_mut().zip(held) {
                *to = *from;
            }
            self.buffer = larger;
        } else if keep > self.base {
            self.buffer.copy_within(held, 0);
        }
        self.base = keep;
    }

    /// Counts the lines up to a place.
    fn count_to(&mut self, place: usize) {
        let passed = place.max(self.counted);
        let bytes = self.between(self.counted..passed);
        let mark = self.line_mark();
        if let Some(last) = memrchr(mark, bytes) {
            let ends = memchr_iter(mark, bytes).count() as u64;
            self.line += ends;
            self.line_start = self.counted + last + 1;
        }
        self.counted = passed;
    }

    pub(super) fn too_long(&self) -> IngestError {
        let line = self.start.line;
        IngestError::RecordTooLong { line }
    }

    pub(super) fn cut(&mut self) -> IngestError {
        let Position { line, .. } = self.position();
        IngestError::CutOff { line }
    }

    pub(super) fn broken(&mut self) -> IngestError {
        let Position { line, column } = self.position();
        IngestError::BrokenJson { line, column }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// How much more than the longest record the buffer may hold.
const ROOM: usize = 256 << 10;
/// For how much it has room at first, in bytes: the end of a short file is found in it, and all room is wiped.
const NEAR: usize = 16 << 10;
