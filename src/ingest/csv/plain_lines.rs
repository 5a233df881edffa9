//! Records of a segment without quotes: a record is a line, and delimiters separate its cells.
//! It gives the same records as `quoted`, in less time; a test compares the two.

use std::ops::Range;

use memchr::memchr;

use super::segment::Segment;
use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

pub(super) struct PlainLines {
    segment: Segment,
    delimiter: u8,
    /// How many cells a whole record has.
    width: usize,
    /// The current line, without its ending.
    at: Range<usize>,
    line: u64,
    /// Where each cell of the line ends in it.
    ends: Vec<usize>,
    /// The current line has no ending.
    open: bool,
    /// The last line is whole, although it is short and has no ending.
    whole: bool,
}

impl PlainLines {
    /// Reads a segment without quotes. `width` is the number of columns.
    pub(super) fn new(segment: Segment, delimiter: u8, width: usize) -> Self {
        let (at, line) = (segment.position(), segment.line);
        Self {
            segment,
            delimiter,
            width,
            at: at..at,
            line: line - 1,
            ends: Vec::new(),
            open: false,
            whole: false,
        }
    }

    /// Says that the current line is whole, however short it is.
    pub(super) fn is_whole(&mut self) {
        self.whole = true;
    }

    pub(super) fn into_segment(self) -> Segment {
        self.segment
    }

    /// The line the record begins at.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes to the next record, skipping empty lines. False at the end; a last record that is
    /// not whole is an error.
    pub(super) fn advance(&mut self) -> Result<bool, IngestError> {
        let mut next = self.segment.position();
        loop {
            let rest = self.segment.bytes_from(next);
            if rest.is_empty() {
                let cut = self.open && self.ends.len() < self.width && !self.whole;
                self.open = false;
                return match cut {
                    true => Err(IngestError::CutOff { line: self.line }),
                    false => Ok(false),
                };
            }
            self.line += 1;
            let end = memchr(b'\n', rest);
            let len = end.unwrap_or(rest.len());
            if len > MAX_RECORD_BYTES {
                return Err(IngestError::RecordTooLong { line: self.line });
            }
            let line = rest[..len].strip_suffix(b"\r").unwrap_or(&rest[..len]);
            self.at = next..next + line.len();
            self.open = end.is_none() && rest.last() != Some(&b'\r');
            next += len + usize::from(end.is_some());
            if !line.is_empty() {
                self.whole = false;
                ends_of_cells(line, self.delimiter, &mut self.ends);
                self.segment.go_to(next);
                return Ok(true);
            }
        }
    }

    /// The bytes of the current line.
    pub(super) fn bytes(&self) -> &[u8] {
        let from = self.segment.bytes_from(self.at.start);
        from.get(..self.at.len()).unwrap_or_default()
    }

    /// How many cells the line has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of the line that are a cell.
    pub(super) fn range(&self, cell: usize) -> Option<Range<usize>> {
        let from = match cell {
            0 => 0,
            _ => self.ends.get(cell - 1)? + 1,
        };
        Some(from..*self.ends.get(cell)?)
    }
}

/// Puts into `ends` where each cell of a line ends, looking at eight bytes at a time.
fn ends_of_cells(line: &[u8], delimiter: u8, ends: &mut Vec<usize>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([delimiter; 8]);
    ends.clear();
    let (words, rest) = line.as_chunks::<8>();
    for (from, word) in (0..).step_by(8).zip(words) {
        let differs = u64::from_le_bytes(*word) ^ pattern;
        // The high bit of each byte that differs in no bit.
        let mut found = !((differs & LOW).wrapping_add(LOW) | differs | LOW);
        while found != 0 {
            ends.push(from + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    let from = words.len() * 8;
    let found = rest
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == delimiter);
    ends.extend(found.map(|(at, _)| from + at));
    ends.push(line.len());
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::cuts::tests::cuts;
    use super::super::quoted::DelimitedReader;
    use super::*;

    type Read = (Vec<(u64, Vec<Vec<u8>>)>, Result<(), IngestError>);

    fn segment(text: &[u8]) -> Segment {
        let mut cuts = cuts(Cursor::new(text.to_vec()));
        cuts.next(Segment::new()).unwrap().unwrap_or_default()
    }

    fn plain(text: &[u8], width: usize) -> Read {
        let mut lines = PlainLines::new(segment(text), b',', width);
        let mut read = Vec::new();
        loop {
            match lines.advance() {
                Ok(true) => {}
                Ok(false) => return (read, Ok(())),
                Err(error) => return (read, Err(error)),
            }
            let cells = (0..lines.len()).map(|at| &lines.bytes()[lines.range(at).unwrap()]);
            read.push((lines.line(), cells.map(<[u8]>::to_vec).collect()));
        }
    }

    fn quoted(text: &[u8], width: usize) -> Read {
        let mut reader = DelimitedReader::of_segment(segment(text), b',', width);
        let mut read = Vec::new();
        loop {
            match reader.advance() {
                Ok(true) => {}
                Ok(false) => return (read, Ok(())),
                Err(error) => return (read, Err(error)),
            }
            let mut cells: Vec<Vec<u8>> = reader.record().iter().map(<[u8]>::to_vec).collect();
            // Part of the line ending; cells are trimmed later.
            cells
                .last_mut()
                .and_then(|cell| cell.pop_if(|byte| *byte == b'\r'));
            read.push((reader.line(), cells));
        }
    }

    proptest! {
        #[test]
        fn lines_are_read_as_the_reader_of_quoted_cells_reads_them(
            // Without the byte with which the other reader marks the end of a file.
            text in prop::collection::vec(
                prop_oneof![3 => Just(b','), 3 => Just(b'\n'), 1 => Just(b'\r'), 9 => b'-'..b'z', 1 => 2_u8..],
                0..300,
            ),
            width in 1_usize..4,
        ) {
            let text: Vec<u8> = text.into_iter().filter(|byte| *byte != b'"').collect();
            // Marks at the beginning of a line are taken off before.
            prop_assert_eq!(plain(&text, width), quoted(&text, width));
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let long = format!("1,2\n3,{}\n", "x".repeat(MAX_RECORD_BYTES + 1));
        let expected = Err(IngestError::RecordTooLong { line: 2 });
        assert_eq!(plain(long.as_bytes(), 2).1, expected);
        assert_eq!(
            plain(b"1,2\n\n3", 2).1,
            Err(IngestError::CutOff { line: 3 })
        );
    }
}
