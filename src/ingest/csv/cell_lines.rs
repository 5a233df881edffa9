//! Some columns of a delimited file as text: the cells of each record on a line of its own, with the
//! number that the record's line has in the file. For logs whose records are JSON in cells.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::beginning::Beginning;
use super::cuts::Cuts;
use super::quoted::DelimitedReader;
use super::segment::Segment;
use crate::ingest::error::IngestError;

/// The lines of these columns. Each has a brace: one without an object is a bad line.
pub(in crate::ingest) struct CellLines {
    cuts: Cuts,
    reader: Option<DelimitedReader<Segment>>,
    columns: Vec<usize>,
    width: usize,
    /// The line that is written next.
    line: u64,
    text: Zeroizing<Vec<u8>>,
    /// How many bytes of the text were given to the reader.
    given: usize,
}

impl CellLines {
    /// The lines of columns, counted from 0, of a file of which only the header was read.
    pub(in crate::ingest) fn new(beginning: Beginning, columns: Vec<usize>) -> Self {
        let width = beginning.names().len();
        let Beginning { cuts, first, .. } = beginning;
        let reader = DelimitedReader::of_segment(first, cuts.delimiter(), width);
        Self {
            cuts,
            width,
            reader: Some(reader),
            columns,
            line: 1,
            text: Zeroizing::new(Vec::with_capacity(TEXT)),
            given: 0,
        }
    }

    /// Writes the next line. False at the end of the file.
    fn write(&mut self) -> Result<bool, IngestError> {
        self.text.clear();
        self.given = 0;
        loop {
            let Some(reader) = &mut self.reader else {
                return Ok(false);
            };
            if reader.advance()? {
                break;
            }
            let spent = self.reader.take().map(DelimitedReader::into_segment);
            let next = self.cuts.next(spent.unwrap_or_default())?;
            if next.is_none() {
                // The last record ends, and blank lines after it are lines.
                let (lines, _) = self.cuts.lines();
                let rest = (lines + 1).saturating_sub(self.line);
                self.text.extend((0..rest).map(|_| b'\n'));
                return Ok(rest > 0);
            }
            let delimiter = self.cuts.delimiter();
            self.reader = next.map(|next| DelimitedReader::of_segment(next, delimiter, self.width));
        }
        let Some(reader) = &self.reader else {
            return Ok(false);
        };
        let before = reader.line().saturating_sub(self.line);
        self.line += before;
        self.text.extend((0..before).map(|_| b'\n'));
        let before = self.text.len();
        for column in &self.columns {
            let cell = reader.record().get(*column).unwrap_or_default();
            self.text.extend(cell.iter().map(|byte| match byte {
                b'\n' | b'\r' => b' ',
                byte => *byte,
            }));
            self.text.push(b' ');
        }
        let written = self.text.get(before..).unwrap_or_default();
        if !written.contains(&b'{') {
            self.text.push(b'{');
        }
        Ok(true)
    }
}

impl Read for CellLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.write()? {
                return Ok(0);
            }
        }
        let ready = self.text.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

/// Room for a long cell and the lines before it.
const TEXT: usize = 2 << 20;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::cuts::HowWritten;
    use super::super::quotes::Quotes;
    use super::*;

    #[test]
    fn each_cell_is_on_the_line_of_its_record() {
        let file = "time,message,n\n1,\"{\"\"a\"\":\n1}\",x\n2,,x\n\n3,text,x\n";
        let written = HowWritten {
            quotes: Quotes::Auto,
            delimiter: None,
            is_header: &|_| None,
        };
        let beginning = Beginning::read(Box::new(Cursor::new(file)), written).unwrap();
        let mut text = String::new();
        let mut lines = CellLines::new(beginning, vec![1]);
        lines.read_to_string(&mut text).unwrap();
        let lines: Vec<_> = text.split('\n').map(str::trim).collect();
        assert_eq!(lines, ["", "{\"a\": 1}", "", "{", "", "text {", ""]);
    }
}
