//! Leaves off the zeros and end marks behind a text: old programs end a file with Ctrl-Z, and some fill the last block
//! of a disk or a tape.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::tidy::END_MARK;

/// A source without the marks at its end.
pub(super) struct WithoutTail {
    source: Box<dyn Read + Send>,
    /// Marks that were read and not given, because nothing has come after them yet.
    held: u64,
    /// The mark that was held, or zero if there were both.
    mark: u8,
    /// Marks that something has come after, and what it is.
    before: u64,
    given_mark: u8,
    after: Zeroizing<Vec<u8>>,
    given: usize,
    /// The last byte that was given.
    last: u8,
    ended: bool,
}

impl WithoutTail {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            held: 0,
            mark: 0,
            before: 0,
            given_mark: 0,
            after: Zeroizing::new(Vec::new()),
            given: 0,
            last: b'\n',
            ended: false,
        }
    }

    /// Whether the file has ended with marks on a line of their own.
    pub(super) fn left_a_line(&self) -> bool {
        self.ended && self.held > 0 && matches!(self.last, b'\n' | b'\r')
    }

    /// Counts the marks at the end of a piece, and says how many bytes are before them.
    fn hold(&mut self, piece: &[u8]) -> usize {
        let kept = without_marks(piece);
        let marks = piece.get(kept..).unwrap_or_default();
        if let Some(first) = marks.first() {
            let before = if self.held == 0 { *first } else { self.mark };
            let same = marks.iter().all(|mark| *mark == before);
            self.mark = if same { before } else { 0 };
            self.held += marks.len() as u64;
        }
        kept
    }

    /// Gives what is ready.
    fn give(&mut self, into: &mut [u8]) -> usize {
        let mut count = 0;
        for to in into {
            if self.before > 0 {
                self.before -= 1;
                *to = self.given_mark;
            } else if let Some(byte) = self.after.get(self.given) {
                self.given += 1;
                *to = *byte;
            } else {
                break;
            }
            self.last = *to;
            count += 1;
        }
        count
    }
}

impl Read for WithoutTail {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let given = self.give(into);
            if given > 0 || self.ended {
                return Ok(given);
            }
            if self.held == 0 {
                let read = self.source.read(into)?;
                let kept = self.hold(into.get(..read).unwrap_or_default());
                self.ended = read == 0;
                if let Some(last) = kept.checked_sub(1).and_then(|at| into.get(at)) {
                    self.last = *last;
                    return Ok(kept);
                }
                continue;
            }
            self.after.resize(BUFFER, 0);
            self.given = 0;
            let read = self.source.read(&mut self.after);
            let read = read.inspect_err(|_| self.after.clear())?;
            self.after.truncate(read);
            if without_marks(&self.after) > 0 {
                (self.before, self.given_mark) = (std::mem::take(&mut self.held), self.mark);
            }
            let piece = std::mem::take(&mut self.after);
            let kept = self.hold(&piece);
            self.after = piece;
            self.after.truncate(kept);
            self.ended = read == 0;
        }
    }
}

/// How many bytes there are before the marks at the end.
fn without_marks(bytes: &[u8]) -> usize {
    let text = bytes
        .iter()
        .rposition(|byte| !matches!(*byte, 0 | END_MARK));
    text.map_or(0, |at| at + 1)
}

/// How much is read at once behind a mark.
const BUFFER: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Reads in pieces of `step` bytes.
    fn read(bytes: &[u8], step: usize) -> (Vec<u8>, bool) {
        let mut source = WithoutTail::new(Box::new(Cursor::new(bytes.to_vec())));
        let mut all = Vec::new();
        let mut piece = vec![0; step];
        loop {
            match source.read(&mut piece).unwrap() {
                0 => return (all, source.left_a_line()),
                read => all.extend(&piece[..read]),
            }
        }
    }

    #[test]
    fn marks_at_the_end_are_left_off_and_those_inside_are_not() {
        for step in [1, 2, 3, 100] {
            assert_eq!(read(b"ab\n\x1a", step), (b"ab\n".to_vec(), true));
            assert_eq!(read(b"ab\n\x1a\0\0\0", step), (b"ab\n".to_vec(), true));
            assert_eq!(read(b"ab\0\0\0", step), (b"ab".to_vec(), false));
            assert_eq!(read(b"a\0\0b\n", step), (b"a\0\0b\n".to_vec(), false));
            assert_eq!(read(b"a\0\0b\n\0", step), (b"a\0\0b\n".to_vec(), true));
            assert_eq!(read(b"", step), (Vec::new(), false));
        }
        let zeros = [b"a\n".to_vec(), vec![0; 200_000]].concat();
        assert_eq!(read(&zeros, 4096), (b"a\n".to_vec(), true));
    }

    #[test]
    fn an_end_mark_between_joined_files_stays_at_its_place() {
        for step in [1, 2, 3, 100] {
            assert_eq!(read(b"a\n\x1a\x1ab\n", step).0, b"a\n\x1a\x1ab\n");
        }
    }
}
