//! The records of a JSON file, one at a time. The file may be an array, an object with an array of
//! records in it, several of either, an object a line, or lines of a log with an object at their
//! end.
//!
//! It finds where records begin and end; `walk` reads what is in them. What is around the records
//! is skipped and not kept.

use std::io::Read;

use memchr::{memchr, memchr_iter, memrchr};
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::enclosure::{Descent, Enclosure, MemberName};
use super::line::json_in_line;
use crate::domain::invisible::is_invisible;
use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

/// A JSON file and the record it is at. Places in it are counted in bytes from its beginning.
pub(in crate::ingest) struct JsonStream {
    source: Box<dyn Read + Send>,
    descent: Descent,
    /// Every record is at the end of a line, behind other text.
    prefixed: bool,
    /// What was read and may be needed.
    buffer: Zeroizing<Vec<u8>>,
    /// The place of the first byte of the buffer.
    base: usize,
    /// The place after its last byte.
    filled: usize,
    /// The place to be read next.
    at: usize,
    /// What is before this place may be given up.
    keep: usize,
    /// Lines were counted up to this place.
    counted: usize,
    line: u64,
    /// The place where that line begins.
    line_start: usize,
    record: std::ops::Range<usize>,
    start: Position,
    /// Instead of a record it is at a line that is none.
    bad_line: bool,
    /// There was a record that is all of its line.
    line_wise: bool,
    enclosures: Vec<Enclosure>,
}

/// A line of the file and a byte of the line, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) struct Position {
    pub(in crate::ingest) line: u64,
    pub(in crate::ingest) column: u64,
}

impl JsonStream {
    /// A stream of records that are found by `descent`. `prefixed`: each is behind other text at
    /// the end of a line.
    pub(in crate::ingest) fn new(
        source: Box<dyn Read + Send>,
        descent: Descent,
        prefixed: bool,
    ) -> Self {
        Self {
            source,
            descent,
            prefixed,
            buffer: Zeroizing::new(vec![0; ROOM / 2]),
            base: 0,
            filled: 0,
            at: 0,
            keep: 0,
            counted: 0,
            line: 1,
            line_start: 0,
            record: 0..0,
            start: Position { line: 1, column: 1 },
            bad_line: false,
            line_wise: false,
            enclosures: Vec::new(),
        }
    }

    /// A stream of the records of these bytes.
    pub(super) fn of_bytes(bytes: &[u8], descent: Descent, prefixed: bool) -> Self {
        Self {
            buffer: Zeroizing::new(bytes.to_vec()),
            filled: bytes.len(),
            ..Self::new(Box::new(std::io::empty()), descent, prefixed)
        }
    }

    /// The bytes of the record, and where it begins. There are none at a line that is no record.
    pub(in crate::ingest) fn record(&self) -> (&[u8], Position) {
        let range = self.record.start.wrapping_sub(self.base)..self.record.end - self.base;
        (self.buffer.get(range).unwrap_or_default(), self.start)
    }

    /// The line of the byte that is read next.
    pub(super) fn line(&mut self) -> u64 {
        self.position().line
    }

    /// How many lines were read so far.
    pub(super) fn lines(&mut self) -> u64 {
        let Position { line, column } = self.position();
        line - u64::from(column == 1)
    }

    /// True if it is at a line that is no record, or at a record that is one in nothing else. What
    /// is wrong there is no fault of the whole file.
    pub(super) fn is_alone(&self) -> bool {
        self.enclosures.is_empty()
    }

    /// True if it is at a line that is no record.
    pub(in crate::ingest) fn is_bad_line(&self) -> bool {
        self.bad_line
    }

    /// Goes to the next record, or to a line that should be one and is not. False at the end of the
    /// file; a list, object or string that is not finished then is an error.
    pub(in crate::ingest) fn advance(&mut self) -> Result<bool, IngestError> {
        self.bad_line = false;
        loop {
            self.keep = self.at;
            let Some(byte) = self.skip_space()? else {
                return match self.enclosures.is_empty() {
                    true => Ok(false),
                    false => Err(self.cut()),
                };
            };
            self.keep = self.at;
            match (self.enclosures.last().copied(), byte) {
                (None, b',') if self.start_is_behind() => self.at += 1,
                (None, _) if self.prefixed => return self.log_line(),
                (None, b'[' | b'{') => {
                    let begun = (self.at, self.position());
                    let read = match byte {
                        b'[' if self.line_is_cut(begun.0)? => Err(self.broken()),
                        b'[' => self.enter(Enclosure::NewList).map(|()| false),
                        _ => self.open_object(),
                    };
                    match read {
                        Ok(true) => {
                            self.note_line_wise()?;
                            return Ok(true);
                        }
                        Ok(false) => {}
                        Err(error) => return self.recover(begun, error),
                    }
                }
                (None, _) if self.start_is_behind() => {
                    let begun = (self.at, self.position());
                    let error = self.broken();
                    return self.recover(begun, error);
                }
                (Some(Enclosure::NewList | Enclosure::List), b']')
                | (Some(Enclosure::Envelope), b'}') => {
                    self.at += 1;
                    self.enclosures.pop();
                }
                (Some(Enclosure::Envelope), b',') => {
                    self.at += 1;
                    self.skip_space()?;
                    self.member()?;
                }
                (Some(Enclosure::List), b',') => {
                    self.at += 1;
                    self.skip_space()?;
                    return self.element();
                }
                (None | Some(Enclosure::NewList), _) => return self.element(),
                _ => return Err(self.broken()),
            }
        }
    }

    /// True if something was read before.
    fn start_is_behind(&self) -> bool {
        self.record.end > 0
    }

    /// Reads a value that is a record, or should be one.
    fn element(&mut self) -> Result<bool, IngestError> {
        if let Some(list @ Enclosure::NewList) = self.enclosures.last_mut() {
            *list = Enclosure::List;
        }
        self.begin();
        self.value()?;
        self.end()
    }

    /// Reads an object that is in nothing else. It is kept as a record until it turns out to be an
    /// envelope. True if it was a record.
    fn open_object(&mut self) -> Result<bool, IngestError> {
        self.begin();
        if self.descent == Descent::Nowhere {
            self.value()?;
            return self.end();
        }
        self.at += 1;
        if self.skip_space()? == Some(b'}') {
            self.at += 1;
            return self.end();
        }
        loop {
            if self.member()? {
                return Ok(false);
            }
            match self.skip_space()? {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space()?;
                }
                Some(b'}') => {
                    self.at += 1;
                    return self.end();
                }
                Some(_) => return Err(self.broken()),
                None => return Err(self.cut()),
            };
        }
    }

    /// Reads a name and its value. True if the value is the list of records, or an envelope
    /// around it; this is entered, not read.
    fn member(&mut self) -> Result<bool, IngestError> {
        match self.peek()? {
            Some(b'"') => {}
            Some(_) => return Err(self.broken()),
            None => return Err(self.cut()),
        }
        let from = self.at;
        let top = self.enclosures.is_empty();
        // The name must stay in the buffer until it was looked at.
        if !top {
            self.keep = from;
        }
        self.value()?;
        let name = self.buffer.get(from - self.base..self.at - self.base);
        let name = MemberName::of(name.unwrap_or_default());
        match self.skip_space()? {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.broken()),
            None => return Err(self.cut()),
        }
        if !top {
            self.keep = self.at;
        }
        let next = self.skip_space()?;
        let first_inside = match (next, self.descent) {
            (Some(b'['), Descent::Anywhere) => self.first_in_list()?,
            _ => None,
        };
        let depth = self.enclosures.len();
        let Some(holds) = self.descent.enters(name, next, first_inside, depth) else {
            return match top {
                true => self.value(),
                false => self.skip_value(),
            }
            .map(|()| false);
        };
        // The object that was taken for a record is an envelope.
        if top {
            if self.line_is_cut(self.record.start)? {
                return Err(self.broken());
            }
            self.enclosures.push(Enclosure::Envelope);
        }
        self.enter(holds)?;
        self.keep = self.at;
        if holds == Enclosure::Envelope && self.skip_space()? != Some(b'}') {
            self.member()?;
        }
        Ok(true)
    }

    /// The first byte of a list that begins here.
    fn first_in_list(&mut self) -> Result<Option<u8>, IngestError> {
        let mut at = self.at + 1;
        while let Some(byte) = self.byte(at)? {
            if !is_space(byte) {
                return Ok(Some(byte));
            }
            at += 1;
        }
        Ok(None)
    }

    /// Reads a line with a record at its end, behind other text.
    fn log_line(&mut self) -> Result<bool, IngestError> {
        self.begin();
        let from = self.at;
        let end = self.line_end(from)?;
        let line = self.buffer.get(from - self.base..end - self.base);
        match json_in_line(line.unwrap_or_default()) {
            Some(found) => self.record = from + found.start..from + found.end,
            None => (self.record, self.bad_line) = (end..end, true),
        }
        self.at = end;
        Ok(true)
    }

    /// The place where the line ends that `from` is in.
    fn line_end(&mut self, from: usize) -> Result<usize, IngestError> {
        let mut at = from;
        loop {
            if self.byte(at)?.is_none() {
                return Ok(at);
            }
            let rest = self.buffer.get(at - self.base..self.filled - self.base);
            match memchr(b'\n', rest.unwrap_or_default()) {
                Some(found) => return Ok(at + found),
                None => at = self.filled,
            }
        }
    }

    /// What was to be a record is broken. In a file with a record a line only that line is lost.
    fn recover(
        &mut self,
        (from, start): (usize, Position),
        error: IngestError,
    ) -> Result<bool, IngestError> {
        let lost = matches!(
            error,
            IngestError::BrokenJson { .. }
                | IngestError::CutOff { .. }
                | IngestError::RecordTooLong { .. }
        );
        if !lost || !self.enclosures.is_empty() || from < self.base {
            return Err(error);
        }
        self.keep = from;
        let Ok(end) = self.line_end(from) else {
            return Err(error);
        };
        let last = self.byte(end)?.is_none();
        // Where the file does not end in a record, it is cut off.
        if last && !matches!(error, IngestError::BrokenJson { .. }) {
            return Err(error);
        }
        if !self.line_wise {
            let next = (end + 1).min(self.filled);
            let after = self.line_end(next).unwrap_or(next);
            let next = self.buffer.get(next - self.base..after - self.base);
            let next = next.unwrap_or_default();
            let begins = next.first() == Some(&b'{');
            if !begins || json_in_line(next).is_none_or(|found| found.start > 0) {
                return Err(error);
            }
        }
        self.start = start;
        // Lines were perhaps counted beyond this one.
        (self.counted, self.line) = (from, start.line);
        self.line_start = (from + 1).saturating_sub(start.column as usize);
        self.at = end;
        (self.record, self.bad_line) = (end..end, true);
        Ok(true)
    }

    /// True if a list or an envelope that begins here stops in its line, and the next line is a record that cannot be
    /// in it. Only in a file with a record a line. It would take the records after it for its own.
    fn line_is_cut(&mut self, from: usize) -> Result<bool, IngestError> {
        if !self.line_wise {
            return Ok(false);
        }
        // A line that is too long to be looked at is read as any list.
        let ends = self.line_end(from).and_then(|end| {
            let next = (end + 1).min(self.filled);
            Ok((end, next, self.line_end(next)?))
        });
        let (end, next, after) = match ends {
            Ok(ends) => ends,
            Err(IngestError::RecordTooLong { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let bytes = |from: usize, to: usize| self.buffer.get(from - self.base..to - self.base);
        let line = bytes(from, end).unwrap_or_default();
        let next = bytes(next, after).unwrap_or_default();
        if line.trim_ascii_end().ends_with(b"[")
            || line.trim_ascii_end().ends_with(b",")
            || line.trim_ascii_end().ends_with(b":")
            || json_in_line(next).is_none_or(|found| found.start > 0)
        {
            return Ok(false);
        }
        let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
        Ok(values.any(|value| value.is_err_and(|error| error.is_eof())))
    }

    /// Notes whether the record is all of its line.
    fn note_line_wise(&mut self) -> Result<(), IngestError> {
        if self.line_wise || self.start.column != 1 {
            return Ok(());
        }
        let (bytes, _) = self.record();
        if memchr(b'\n', bytes).is_none() {
            let next = self.byte(self.at)?;
            self.line_wise = matches!(next, Some(b'\n' | b'\r'));
        }
        Ok(())
    }

    /// Passes over one value of any kind, of which nothing is kept.
    fn skip_value(&mut self) -> Result<(), IngestError> {
        self.pass(false)
    }

    /// Passes over one value of any kind.
    fn value(&mut self) -> Result<(), IngestError> {
        self.pass(true)
    }

    fn pass(&mut self, kept: bool) -> Result<(), IngestError> {
        let mut scan = Scan::new(self.line_wise && self.enclosures.is_empty());
        loop {
            if !kept {
                self.keep = self.at;
            }
            if self.byte(self.at)?.is_none() {
                return match scan.may_end() {
                    true => Ok(()),
                    false => Err(self.cut()),
                };
            }
            let bytes = self
                .buffer
                .get(self.at - self.base..self.filled - self.base);
            let (passed, step) = scan.over(bytes.unwrap_or_default());
            self.at += passed;
            match step {
                Step::More => {}
                Step::End => return Ok(()),
                Step::Broken => return Err(self.broken()),
            }
        }
    }

    fn enter(&mut self, enclosure: Enclosure) -> Result<(), IngestError> {
        self.at += 1;
        // No supplier nests envelopes as deep as this.
        if self.enclosures.len() >= 8 {
            return Err(self.broken());
        }
        self.enclosures.push(enclosure);
        Ok(())
    }

    fn begin(&mut self) {
        self.start = self.position();
        self.keep = self.at;
        self.record = self.at..self.at;
    }

    /// The record ends here.
    fn end(&mut self) -> Result<bool, IngestError> {
        self.record.end = self.at;
        if self.record.len() > MAX_RECORD_BYTES {
            return Err(self.too_long());
        }
        Ok(true)
    }

    /// The next byte that is no white space. Between records that are in nothing else, what nobody
    /// sees is skipped too, and the marks of records and of the end.
    fn skip_space(&mut self) -> Result<Option<u8>, IngestError> {
        let outside = self.enclosures.is_empty() && self.keep == self.at;
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

    fn peek(&mut self) -> Result<Option<u8>, IngestError> {
        self.byte(self.at)
    }

    /// The byte at a place that is not before `keep`.
    fn byte(&mut self, at: usize) -> Result<Option<u8>, IngestError> {
        while at >= self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(at - self.base).copied())
    }

    /// Reads more. False at the end of the file.
    fn fill(&mut self) -> Result<bool, IngestError> {
        if self.filled - self.keep >= MAX_RECORD_BYTES + ROOM / 2 {
            return Err(self.too_long());
        }
        self.make_room();
        let room = self.buffer.get_mut(self.filled - self.base..);
        let read = self.source.read(room.unwrap_or_default());
        let read = read.map_err(|error| {
            let line = self.position().line;
            IngestError::reading(error, line)
        })?;
        self.filled += read;
        Ok(read > 0)
    }

    /// Gives up what is before `keep`. If there is hardly any room then, the buffer grows.
    fn make_room(&mut self) {
        let size = self.buffer.len();
        if size - (self.filled - self.base) > size / 4 {
            return;
        }
        self.count_to(self.keep);
        let held = self.keep - self.base..self.filled - self.base;
        if held.len() > size / 2 && size < MAX_RECORD_BYTES + ROOM {
            // The old buffer is wiped when it is dropped. Growing it would leave a copy.
            let larger = (size * 2).clamp(ROOM / 2, MAX_RECORD_BYTES + ROOM);
            let mut larger = Zeroizing::new(vec![0; larger]);
            let held = self.buffer.get(held).unwrap_or_default();
            for (to, from) in larger.iter_mut().zip(held) {
                *to = *from;
            }
            self.buffer = larger;
        } else if self.keep > self.base {
            self.buffer.copy_within(held, 0);
        }
        self.base = self.keep;
    }

    /// Counts the lines up to a place.
    fn count_to(&mut self, place: usize) {
        let passed = place.max(self.counted);
        let bytes = self
            .buffer
            .get(self.counted - self.base..passed - self.base);
        let bytes = bytes.unwrap_or_default();
        if let Some(last) = memrchr(b'\n', bytes) {
            self.line += memchr_iter(b'\n', bytes).count() as u64;
            self.line_start = self.counted + last + 1;
        }
        self.counted = passed;
    }

    /// Where it is.
    fn position(&mut self) -> Position {
        self.count_to(self.at);
        let column = (self.at.saturating_sub(self.line_start) + 1) as u64;
        let line = self.line;
        Position { line, column }
    }

    fn too_long(&self) -> IngestError {
        let line = self.start.line;
        IngestError::RecordTooLong { line }
    }

    fn cut(&mut self) -> IngestError {
        let Position { line, .. } = self.position();
        IngestError::CutOff { line }
    }

    fn broken(&mut self) -> IngestError {
        let Position { line, column } = self.position();
        IngestError::BrokenJson { line, column }
    }
}

/// Finds the end of a value, byte by byte.
struct Scan {
    depth: usize,
    state: State,
    /// The value is a number or a word.
    word: bool,
    /// In a file with a record a line, an object that begins a line within another is a fault of
    /// the line before.
    line_wise: bool,
    /// The last byte was the end of a line.
    new_line: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Text,
    Escape,
}

/// What the bytes have led to.
enum Step {
    More,
    End,
    Broken,
}

impl Scan {
    fn new(line_wise: bool) -> Self {
        Self {
            depth: 0,
            state: State::Outside,
            word: false,
            line_wise,
            new_line: false,
        }
    }

    /// True if the file may end here.
    fn may_end(&self) -> bool {
        self.word && self.depth == 0
    }

    /// Goes over some bytes. Gives how many belong to the value, or are before what is broken.
    fn over(&mut self, bytes: &[u8]) -> (usize, Step) {
        let Self {
            mut depth,
            mut state,
            ..
        } = *self;
        for (at, byte) in bytes.iter().copied().enumerate() {
            match state {
                State::Text => match byte {
                    b'"' => {
                        state = State::Outside;
                        if depth == 0 {
                            return (at + 1, Step::End);
                        }
                    }
                    b'\\' => state = State::Escape,
                    0..=0x1f => return (at, Step::Broken),
                    _ => {}
                },
                State::Escape => state = State::Text,
                State::Outside => match byte {
                    b'"' if self.word && depth == 0 => return (at, Step::Broken),
                    b'"' => state = State::Text,
                    b'{' | b'[' => {
                        if self.line_wise && self.new_line && depth > 0 && byte == b'{' {
                            return (at, Step::Broken);
                        }
                        depth += 1;
                    }
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            return (at + 1, Step::End);
                        }
                    }
                    _ if depth > 0 => {}
                    b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}' | b':' => {
                        let step = if self.word { Step::End } else { Step::Broken };
                        return (at, step);
                    }
                    _ => self.word = true,
                },
            }
            self.new_line = byte == b'\n';
        }
        (self.depth, self.state) = (depth, state);
        (bytes.len(), Step::More)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// How much more than the longest record the buffer may hold.
const ROOM: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(
        text: &str,
        descent: Descent,
        prefixed: bool,
    ) -> (Vec<String>, Result<(), IngestError>) {
        let source = Box::new(std::io::Cursor::new(text.to_owned()));
        let mut stream = JsonStream::new(source, descent, prefixed);
        let mut records = Vec::new();
        loop {
            match stream.advance() {
                Ok(true) if stream.is_bad_line() => {
                    records.push(format!("bad line {}", stream.record().1.line));
                }
                Ok(true) => records.push(String::from_utf8(stream.record().0.to_vec()).unwrap()),
                Ok(false) => return (records, Ok(())),
                Err(error) => return (records, Err(error)),
            }
        }
    }

    fn read(text: &str) -> (Vec<String>, Result<(), IngestError>) {
        read_as(text, Descent::Named, false)
    }

    #[test]
    fn every_shape_of_file_gives_its_records() {
        let records = vec![
            r#"{"a":"x]}\"","b":{"c":[1]}}"#.to_owned(),
            r#"{"a":2}"#.to_owned(),
        ];
        let [one, two] = [records[0].as_str(), records[1].as_str()];
        for text in [
            format!("{one}\n{two}\n"),
            format!("{one}{two}"),
            format!("{one},\n{two},\n"),
            format!("\u{feff}{one}\n\u{feff}{two}\r\n\u{1a}"),
            format!("\u{1e}{one}\n\u{1e}{two}\n\0\0"),
            format!(" [ {one} , {two} ] "),
            format!("[{one}]\n[]\n[{two}]"),
            format!(r#"{{"stat":"OK","response":[{one},{two}]}}"#),
            format!(
                r#"{{"stat":"OK", "response" : {{"metadata":{{"items":[7]}},"items":[{one},{two}]}},"x":[1]}}"#
            ),
            format!(
                r#"{{"items":[{one}],"metadata":{{"next_offset":"1,2"}}}} {{"items":[{two}]}}"#
            ),
            format!(r#"{{"response":[]}}{{"response":{{}}}}{{"items":[{one},{two}]}}"#),
            format!(r#"{{"items":[{one}],"response":[{two}]}}"#),
            format!(r#"{{"meta":{{"total":2}},"messages":[{one},{two}],"page":0}}"#),
            format!(r#"{{"data":[{one}],"meta":{{}}}}{{"objects":[{two}],"api_id":1}}"#),
            format!(r#"{{"count":2,"delivery_reports":[{one},{two}]}}"#),
            format!(r#"{{"took":3,"hits":{{"total":{{"value":2}},"hits":[{one},{two}]}},"x":1}}"#),
            format!(r#"{{"owner":"1","logEvents":[{one}]}}{{"logEvents":[{two}]}}"#),
            format!(
                r#"{{"preview":false,"messages":[],"fields":[{{"n":1}}],"results":[{one},{two}]}}"#
            ),
        ] {
            assert_eq!(read(&text), (records.clone(), Ok(())), "{text}");
        }
        let lines = format!("{one}\n{two}\n");
        assert_eq!(
            read_as(&lines, Descent::Nowhere, false),
            (records.clone(), Ok(()))
        );
        let lists = format!(r#"{{"march":[{one}],"n":[1],"april":{{"texts":[ {two} ]}}}}"#);
        assert_eq!(
            read_as(&lists, Descent::Anywhere, false),
            (records.clone(), Ok(()))
        );
        let log = format!("2024-03-10 10:00:00 {one}\n<13>host {{app}} [1]: {two}\r\n");
        assert_eq!(read_as(&log, Descent::Nowhere, true), (records, Ok(())));
    }

    #[test]
    fn a_bad_line_costs_itself_and_no_other() {
        for bad in [
            r#"{"a": "cut in a te"#,
            r#"{"a": {"b": [1, 2"#,
            r#"{"a""#,
            r#"{"a": 1, "#,
            "no JSON at all, but text",
            "{",
            r#"{"a": 1}}"#,
            "[1, 2",
            r#"[{"a": 1}"#,
            r#"{"items": [{"a": 1}"#,
            r#"{"response": {"n": 1"#,
        ] {
            let text = format!("{{\"n\":1}}\n{bad}\n{{\"n\":2}}\n");
            for descent in [Descent::Nowhere, Descent::Named] {
                let (records, end) = read_as(&text, descent, false);
                assert_eq!(end, Ok(()), "{bad}");
                assert_eq!(records.first().unwrap(), "{\"n\":1}", "{bad}");
                assert_eq!(records.last().unwrap(), "{\"n\":2}", "{bad}");
                assert_eq!(records[records.len() - 2], "bad line 2", "{bad}");
            }
        }
        let first = read("{\"a\": \"cut\n{\"n\":1}\n{\"n\":2}\n");
        assert_eq!(first.0, ["bad line 1", "{\"n\":1}", "{\"n\":2}"]);
        // A list that goes on is none.
        let list = read("{\"n\":1}\n[\n{\"n\":2}\n]\n[3,\n{\"n\":4}]\n");
        assert_eq!(list.0, ["{\"n\":1}", "{\"n\":2}", "3", "{\"n\":4}"]);
        assert_eq!(list.1, Ok(()));
        let log = read_as(
            "1 {\"n\":1}\n2 nothing\n3 {\"n\":2}",
            Descent::Nowhere,
            true,
        );
        assert_eq!(log.0, ["{\"n\":1}", "bad line 2", "{\"n\":2}"]);
    }

    #[test]
    fn records_of_many_lines_are_read_whole() {
        let one = "{\n\"a\": [\n{\n\"b\": 1\n}\n]\n}";
        let text = format!("{one}\n{one}\n");
        for descent in [Descent::Nowhere, Descent::Named] {
            let (records, end) = read_as(&text, descent, false);
            assert_eq!((records, end), (vec![one.to_owned(); 2], Ok(())));
        }
    }

    #[test]
    fn a_file_longer_than_the_buffer_keeps_its_lines() {
        let record = format!("{{\"a\":\"{}\"}}", "x".repeat(300_000));
        let text = format!("{record}\n").repeat(12);
        let source = Box::new(std::io::Cursor::new(text));
        let mut stream = JsonStream::new(source, Descent::Nowhere, false);
        for line in 1..=12 {
            assert_eq!(stream.advance(), Ok(true));
            let (bytes, at) = stream.record();
            assert_eq!((bytes, at.line, at.column), (record.as_bytes(), line, 1));
        }
        assert_eq!(stream.advance(), Ok(false));
    }

    #[test]
    fn a_file_that_stops_is_cut_off_wherever_it_stops() {
        let whole = r#"{"stat":"OK","response":[{"a":"x\"y"},{"b":[1,2]}],"n":1}"#;
        for end in 1..whole.len() {
            assert_eq!(
                read(&whole[..end]).1,
                Err(IngestError::CutOff { line: 1 }),
                "{end}"
            );
        }
        assert_eq!(read("[{}\n,").1, Err(IngestError::CutOff { line: 2 }));
        let cut = read("{\"n\":1}\n{\"n\":2");
        assert_eq!(cut.1, Err(IngestError::CutOff { line: 2 }));
    }

    #[test]
    fn broken_json_is_named_by_line_and_byte() {
        for (text, line, column) in [
            ("[{}\n {}]", 2, 2),
            ("[1,]", 1, 4),
            ("]", 1, 1),
            ("{\"items\":[] 1}", 1, 13),
            ("{\"a\" 1}", 1, 6),
            ("{1:2}", 1, 2),
        ] {
            assert_eq!(
                read(text).1,
                Err(IngestError::BrokenJson { line, column }),
                "{text}"
            );
        }
    }

    #[test]
    fn a_record_without_end_is_refused_before_it_fills_the_memory() {
        for start in ["[{\"a\":\"", "{\"", "\"", "[{}]{\"a\":\""] {
            for prefixed in [false, true] {
                let endless = std::io::Cursor::new(start).chain(std::io::repeat(b'x'));
                let mut stream = JsonStream::new(Box::new(endless), Descent::Named, prefixed);
                let mut last = Ok(true);
                while last == Ok(true) {
                    last = stream.advance();
                }
                assert_eq!(last, Err(IngestError::RecordTooLong { line: 1 }), "{start}");
            }
        }
    }
}
