//! The records of a JSON file, one at a time. The file may be an array, an object with an array of
//! records in it, several of either, an object a line, or lines of a log with an object at their
//! end.
//!
//! It finds where records begin and end; `walk` reads what is in them. What is around the records
//! is skipped and not kept.

use std::io::Read;

use memchr::memchr;
use zeroize::Zeroizing;

use super::broken_line::{is_cut, lost_line};
use super::bytes::{JsonBytes, Position};
use super::digit_run::{DigitRun, may_hold_number};
use super::enclosure::{Descent, Enclosure, MemberName};
use super::line::{ends_line, first_object};
use super::value_end::{Step, ValueEnd};
use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

/// A JSON file and what of it was found last.
pub(in crate::ingest) struct JsonStream {
    bytes: JsonBytes,
    descent: Descent,
    /// Every record is at the end of a line, behind other text.
    prefixed: bool,
    /// The places of the record.
    record: std::ops::Range<usize>,
    found: Found,
    /// There was a record that is all of its line.
    line_wise: bool,
    enclosures: Vec<Enclosure>,
    /// No record was found in the object that is in nothing else.
    barren: bool,
    /// All of that object is kept: it may turn out to be a record.
    kept_whole: bool,
    log: LogState,
    /// The places of what is beside a list of records, and where it begins.
    aside: (std::ops::Range<usize>, Position),
    /// Under which name that is, if it is a member of an object that has such a list.
    aside_name: String,
    /// Whether a number may be in it.
    digits: DigitRun,
}

/// What is known of a log whose records are behind other text.
#[derive(Default)]
struct LogState {
    /// An object of it was given.
    begun: bool,
    /// An object of the line was given, and it may have more.
    in_line: bool,
    /// No line ends before this place.
    no_end_before: usize,
}

/// What the stream has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Record,
    /// A line that should be a record and is none.
    BadLine,
    /// An object that was taken for a page, and has no record in it.
    EmptyPage,
    /// One of several objects in a line, or one with text behind it.
    Beside,
    /// The last of several objects in a line.
    BesideLast,
    /// What is behind the last object of a line.
    Behind,
    /// A list or an object beside a list of records, which may hold others.
    Aside,
    /// The members of an object before its list of records.
    Before,
}

impl JsonStream {
    /// A stream of records that are found by `descent`. `prefixed`: each is behind other text at
    /// the end of a line.
    pub(in crate::ingest) fn new(
        source: Box<dyn Read + Send>,
        descent: Descent,
        prefixed: bool,
    ) -> Self {
        Self::with(JsonBytes::new(source), descent, prefixed)
    }

    /// A stream of the records of these bytes.
    pub(super) fn of_bytes(bytes: &[u8], descent: Descent, prefixed: bool) -> Self {
        Self::with(JsonBytes::of(bytes), descent, prefixed)
    }

    fn with(bytes: JsonBytes, descent: Descent, prefixed: bool) -> Self {
        Self {
            bytes,
            descent,
            prefixed,
            record: 0..0,
            found: Found::Record,
            line_wise: false,
            enclosures: Vec::new(),
            barren: true,
            kept_whole: false,
            log: LogState::default(),
            aside: (0..0, Position { line: 1, column: 1 }),
            aside_name: String::new(),
            digits: DigitRun::default(),
        }
    }

    /// The bytes of the record, and where it begins. There are none at a line that is no record, and none of a page
    /// that is too long to be a record.
    pub(in crate::ingest) fn record(&self) -> (&[u8], Position) {
        match self.found {
            Found::Aside | Found::Before => {
                let (places, at) = self.aside.clone();
                (self.bytes.between(places), at)
            }
            _ => (self.bytes.between(self.record.clone()), self.bytes.start()),
        }
    }

    /// The line of the byte that is read next.
    pub(super) fn line(&mut self) -> u64 {
        self.bytes.position().line
    }

    /// How many lines were read so far.
    pub(super) fn lines(&mut self) -> u64 {
        let Position { line, column } = self.bytes.position();
        line - u64::from(column == 1)
    }

    /// True if it is at a line that is no record, or at a record that is one in nothing else. What
    /// is wrong there is no fault of the whole file.
    pub(super) fn is_alone(&self) -> bool {
        self.enclosures.is_empty()
    }

    /// True if it is at a line, or at the rest of one, that is no record.
    pub(super) fn is_bad_line(&self) -> bool {
        matches!(self.found, Found::BadLine | Found::Behind)
    }

    /// True if its records are behind other text.
    pub(super) fn is_of_log_lines(&self) -> bool {
        self.prefixed
    }

    /// True if it is at a page without a record.
    pub(super) fn is_empty_page(&self) -> bool {
        self.found == Found::EmptyPage
    }

    /// True if what it is at is a record only if it has what the records of the file have: a page without a record may
    /// be a record with an empty list in it, and of several objects in a line not all may be records.
    pub(in crate::ingest) fn is_in_doubt(&self) -> bool {
        !matches!(self.found, Found::Record | Found::BadLine)
    }

    /// What it is at, if that is beside a list of records: what may hold others, and in which records are not looked
    /// for by the stream. Nothing of it if it is too long to be kept.
    pub(super) fn aside(&self) -> Option<Option<Zeroizing<String>>> {
        let close = match self.found {
            Found::Aside => "",
            Found::Before => "}",
            _ => return None,
        };
        let text = std::str::from_utf8(self.record().0).unwrap_or_default();
        let text = text.trim_end().trim_end_matches(',');
        let whole = || Zeroizing::new([text, close].concat());
        Some((!text.is_empty()).then(whole))
    }

    /// The name of what is beside a list of records. None of all that is before the list.
    pub(super) fn aside_name(&self) -> &str {
        &self.aside_name
    }

    /// True if nothing more of its line can be a record.
    pub(super) fn is_end_of_line(&self) -> bool {
        matches!(self.found, Found::BesideLast | Found::Behind)
    }

    /// Goes to the next record, to a line that should be one and is not, or to what may be one. False at the end of
    /// the file; a list, object or string that is not finished then is an error.
    pub(in crate::ingest) fn advance(&mut self) -> Result<bool, IngestError> {
        self.found = Found::Record;
        loop {
            self.give_up();
            let Some(byte) = self.skip_space()? else {
                return match self.enclosures.is_empty() {
                    true => Ok(false),
                    false => Err(self.bytes.cut()),
                };
            };
            self.give_up();
            match (self.enclosures.last().copied(), byte) {
                (None, b',') if self.start_is_behind() => self.bytes.at += 1,
                (None, _) if self.prefixed => {
                    if self.log_line()? {
                        return Ok(true);
                    }
                }
                (None, b'[' | b'{') => {
                    let begun = (self.bytes.at, self.bytes.position());
                    let read = match byte {
                        b'[' if self.line_is_cut(begun.0)? => Err(self.bytes.broken()),
                        b'[' => self.enter(Enclosure::NewList).map(|()| false),
                        _ => self.open_object(),
                    };
                    match read {
                        Ok(true) => {
                            self.note_line_wise()?;
                            return Ok(true);
                        }
                        Ok(false) if self.is_aside() => return Ok(true),
                        Ok(false) => {}
                        Err(error) => return self.recover(begun, error),
                    }
                }
                (None, _) if self.start_is_behind() => {
                    let begun = (self.bytes.at, self.bytes.position());
                    let error = self.bytes.broken();
                    return self.recover(begun, error);
                }
                (Some(Enclosure::NewList | Enclosure::List), b']') => {
                    self.bytes.at += 1;
                    self.enclosures.pop();
                }
                (Some(Enclosure::NewEnvelope), b'"') => {
                    if let Some(envelope) = self.enclosures.last_mut() {
                        *envelope = Enclosure::Envelope;
                    }
                    self.member(false)?;
                    if self.is_aside() {
                        return Ok(true);
                    }
                }
                (Some(Enclosure::NewEnvelope | Enclosure::Envelope), b'}') => {
                    self.bytes.at += 1;
                    self.enclosures.pop();
                    if self.is_in_lists() && self.barren {
                        return self.end_of_page();
                    }
                }
                (Some(Enclosure::Envelope), b',') => {
                    self.bytes.at += 1;
                    self.skip_space()?;
                    self.member(false)?;
                    if self.is_aside() {
                        return Ok(true);
                    }
                }
                (Some(Enclosure::List), b',') => {
                    self.bytes.at += 1;
                    self.skip_space()?;
                    if self.item()? || self.is_aside() {
                        return Ok(true);
                    }
                }
                (None, _) => return self.element(),
                (Some(Enclosure::NewList), _) => {
                    if self.item()? || self.is_aside() {
                        return Ok(true);
                    }
                }
                _ => return Err(self.bytes.broken()),
            }
        }
    }

    /// True if something was read before.
    fn start_is_behind(&self) -> bool {
        self.record.end > 0
    }

    /// True if it is in nothing but lists, or in nothing.
    fn is_in_lists(&self) -> bool {
        let mut enclosures = self.enclosures.iter();
        enclosures.all(|enclosure| matches!(enclosure, Enclosure::NewList | Enclosure::List))
    }

    /// Reads what is in a list: a record, or a list or a page, which are entered. True if it was a record.
    fn item(&mut self) -> Result<bool, IngestError> {
        if let Some(list @ Enclosure::NewList) = self.enclosures.last_mut() {
            *list = Enclosure::List;
        }
        if self.descent == Descent::Nowhere || !self.is_in_lists() {
            return self.element();
        }
        match self.bytes.peek()? {
            Some(b'[') => self.enter(Enclosure::NewList).map(|()| false),
            Some(b'{') => self.open_object(),
            _ => self.element(),
        }
    }

    /// Reads a value that is a record, or should be one.
    fn element(&mut self) -> Result<bool, IngestError> {
        (self.barren, self.kept_whole) = (false, false);
        self.begin();
        self.value()?;
        self.end()
    }

    /// Reads an object that is in nothing but lists. It is kept as a record until it turns out to be an
    /// envelope. True if it was a record.
    fn open_object(&mut self) -> Result<bool, IngestError> {
        self.begin();
        if self.descent == Descent::Nowhere {
            self.value()?;
            return self.end();
        }
        self.bytes.at += 1;
        if self.skip_space()? == Some(b'}') {
            self.bytes.at += 1;
            return self.end();
        }
        loop {
            if self.member(true)? {
                return Ok(false);
            }
            match self.skip_space()? {
                Some(b',') => {
                    self.bytes.at += 1;
                    self.skip_space()?;
                }
                Some(b'}') => {
                    self.bytes.at += 1;
                    return self.end();
                }
                Some(_) => return Err(self.bytes.broken()),
                None => return Err(self.bytes.cut()),
            };
        }
    }

    /// Reads a name and its value. True if the value is the list of records, or an envelope
    /// around it; this is entered, not read. `top`: the object may still be a record.
    fn member(&mut self, top: bool) -> Result<bool, IngestError> {
        match self.bytes.peek()? {
            Some(b'"') => {}
            Some(_) => return Err(self.bytes.broken()),
            None => return Err(self.bytes.cut()),
        }
        let from = self.bytes.at;
        // The name must stay in the buffer until it was looked at.
        if !top {
            self.give_up();
        }
        self.value()?;
        let quoted = self.bytes.between(from..self.bytes.at);
        if !top {
            self.aside_name = serde_json::from_slice(quoted).unwrap_or_default();
        }
        let name = MemberName::of(quoted);
        match self.skip_space()? {
            Some(b':') => self.bytes.at += 1,
            Some(_) => return Err(self.bytes.broken()),
            None => return Err(self.bytes.cut()),
        }
        if !top {
            self.give_up();
        }
        let next = self.skip_space()?;
        let first_inside = match (next, self.descent) {
            (Some(b'['), Descent::Anywhere) => self.bytes.first_in_list()?,
            _ => None,
        };
        let depth = self.enclosures.len();
        let Some(holds) = self.descent.enters(name, next, first_inside, depth) else {
            if top && self.descent == Descent::Members && next == Some(b'{') {
                self.enclosures.push(Enclosure::Envelope);
                self.kept_whole = false;
                self.give_up();
                return self.pass_aside().map(|()| true);
            }
            return match top {
                true => self.value(),
                false => self.pass_aside(),
            }
            .map(|()| false);
        };
        // The object that was taken for a record is an envelope.
        if top {
            if self.line_is_cut(self.record.start)? {
                return Err(self.bytes.broken());
            }
            self.enclosures.push(Enclosure::Envelope);
            (self.barren, self.kept_whole) = (true, true);
            let before = self.bytes.between(self.record.start + 1..from);
            if memchr(b'{', before).is_some() || may_hold_number(before) {
                self.aside = (self.record.start..from, self.bytes.start());
                self.aside_name.clear();
                self.found = Found::Before;
            }
        }
        self.enter(holds)?;
        self.give_up();
        Ok(true)
    }

    /// Passes over what is beside a list of records. Of a text, and of what is too long to be kept, it is told only if
    /// there may be a number in it, or in its name.
    fn pass_aside(&mut self) -> Result<(), IngestError> {
        let (from, at) = (self.bytes.at, self.bytes.position());
        let holds = matches!(self.bytes.peek()?, Some(b'[' | b'{'));
        self.digits = DigitRun::default();
        self.digits.over(self.aside_name.as_bytes());
        self.digits.over(b",");
        self.pass(MOST_KEPT)?;
        if self.descent.is_keyed() && holds {
            self.barren = false;
        }
        let kept = self.bytes.at - from < MOST_KEPT;
        if holds && kept || self.digits.may_be_number() {
            self.aside = (from..self.bytes.at, at);
            self.found = Found::Aside;
        }
        Ok(())
    }

    /// True if each record stands under a name of its own. The stream gives it as if it were beside a list.
    pub(super) fn is_keyed(&self) -> bool {
        self.descent.is_keyed()
    }

    /// True if it is at all that is before a list of records in its object.
    pub(super) fn is_before(&self) -> bool {
        self.found == Found::Before
    }

    /// True if it is at what is beside a list of records.
    pub(super) fn is_aside(&self) -> bool {
        matches!(self.found, Found::Aside | Found::Before)
    }

    /// A page has ended in which there was no record.
    fn end_of_page(&mut self) -> Result<bool, IngestError> {
        self.record.end = self.bytes.at;
        if !std::mem::take(&mut self.kept_whole) {
            self.record.start = self.record.end;
        }
        self.found = Found::EmptyPage;
        Ok(true)
    }

    /// Reads the next object of a line, behind other text. False if the line is before the first object of the file
    /// and has nothing of JSON.
    fn log_line(&mut self) -> Result<bool, IngestError> {
        self.begin();
        let from = self.bytes.at;
        let (end, whole) = self.bytes.line_end_near(from, self.log.no_end_before)?;
        self.log.no_end_before = end;
        let line = self.bytes.between(from..end);
        let Some(object) = first_object(line) else {
            if !whole {
                return Err(self.bytes.too_long());
            }
            let text = !line.iter().any(|byte| matches!(byte, b'{' | b'}' | b'"'));
            (self.record, self.bytes.at) = (end..end, end);
            self.found = match std::mem::take(&mut self.log.in_line) {
                true => Found::Behind,
                false => Found::BadLine,
            };
            return Ok(self.log.begun || !text);
        };
        let last = whole && ends_line(line.get(object.end..).unwrap_or_default());
        self.record = from + object.start..from + object.end;
        self.bytes.at = if last { end } else { from + object.end };
        self.found = match (last, self.log.in_line) {
            (true, false) => Found::Record,
            (true, true) => Found::BesideLast,
            (false, _) => Found::Beside,
        };
        (self.log.in_line, self.log.begun) = (!last, true);
        Ok(true)
    }

    /// What was to be a record is broken. In a file with a record a line only that line is lost.
    fn recover(
        &mut self,
        (from, start): (usize, Position),
        error: IngestError,
    ) -> Result<bool, IngestError> {
        if !self.enclosures.is_empty() {
            return Err(error);
        }
        let end = lost_line(&mut self.bytes, from, self.line_wise, error)?;
        self.bytes.go_on(end, (from, start));
        (self.record, self.found) = (end..end, Found::BadLine);
        Ok(true)
    }

    /// True if a list or an envelope that begins here stops in its line. Only in a file with a record a line. It would
    /// take the records after it for its own.
    fn line_is_cut(&mut self, from: usize) -> Result<bool, IngestError> {
        match self.line_wise {
            true => is_cut(&mut self.bytes, from),
            false => Ok(false),
        }
    }

    /// Notes whether the record is all of its line.
    fn note_line_wise(&mut self) -> Result<(), IngestError> {
        let (bytes, start) = self.record();
        if self.line_wise || start.column != 1 || memchr(b'\n', bytes).is_some() {
            return Ok(());
        }
        self.line_wise = matches!(self.bytes.peek()?, Some(b'\n' | b'\r'));
        Ok(())
    }

    /// Passes over one value of any kind.
    fn value(&mut self) -> Result<(), IngestError> {
        self.pass(usize::MAX)
    }

    /// The same; it is kept if it is not longer than `kept`.
    fn pass(&mut self, kept: usize) -> Result<(), IngestError> {
        let mut value = ValueEnd::new(self.line_wise && self.enclosures.is_empty());
        let from = self.bytes.at;
        loop {
            if self.bytes.at - from >= kept {
                self.give_up();
            }
            if self.bytes.peek()?.is_none() {
                return match value.may_end() {
                    true => Ok(()),
                    false => Err(self.bytes.cut()),
                };
            }
            let (passed, step) = value.over(self.bytes.ready());
            if kept == MOST_KEPT {
                let bytes = self.bytes.between(self.bytes.at..self.bytes.at + passed);
                self.digits.over(bytes);
            }
            self.bytes.at += passed;
            match step {
                Step::More => {}
                Step::End => return Ok(()),
                Step::Broken => return Err(self.bytes.broken()),
            }
        }
    }

    /// What is before this place is not needed. A page is kept as long as it may be a record.
    fn give_up(&mut self) {
        self.kept_whole &= self.bytes.at - self.record.start <= MOST_KEPT;
        if !self.kept_whole {
            self.bytes.keep = self.bytes.at;
        }
    }

    fn enter(&mut self, enclosure: Enclosure) -> Result<(), IngestError> {
        self.bytes.at += 1;
        // No supplier nests envelopes as deep as this.
        if self.enclosures.len() >= 8 {
            return Err(self.bytes.broken());
        }
        self.enclosures.push(enclosure);
        Ok(())
    }

    fn begin(&mut self) {
        self.bytes.begin();
        self.record = self.bytes.at..self.bytes.at;
    }

    /// The record ends here.
    fn end(&mut self) -> Result<bool, IngestError> {
        self.record.end = self.bytes.at;
        if self.record.len() > MAX_RECORD_BYTES {
            return Err(self.bytes.too_long());
        }
        Ok(true)
    }

    /// The next byte that is no white space.
    fn skip_space(&mut self) -> Result<Option<u8>, IngestError> {
        self.bytes.skip_space(self.enclosures.is_empty())
    }
}

/// How much of a page is kept, in bytes, as long as no record was found in it.
const MOST_KEPT: usize = MAX_RECORD_BYTES / 2;

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
                Ok(true) if stream.is_aside() => {}
                Ok(true) if stream.is_in_doubt() => {
                    let (bytes, at) = stream.record();
                    let what = match (stream.is_empty_page(), stream.is_end_of_line()) {
                        (true, _) => "page",
                        (false, true) => "last",
                        (false, false) => "beside",
                    };
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    records.push(format!("{what} at {}: {text}", at.line));
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
            format!("{one}\n{two}\n\0\0\0\n\0\0"),
            format!(" [ {one} , {two} ] "),
            format!("[{one}]\n[]\n[{two}]"),
            format!(r#"{{"stat":"OK","response":[{one},{two}]}}"#),
            format!(
                r#"{{"stat":"OK", "response" : {{"metadata":{{"items":[7]}},"items":[{one},{two}]}},"x":[1]}}"#
            ),
            format!(
                r#"{{"items":[{one}],"metadata":{{"next_offset":"1,2"}}}} {{"items":[{two}]}}"#
            ),
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
    fn a_page_without_records_is_named_and_given_whole() {
        let pages = [
            r#"{"response":[]}"#,
            r#"{"response":{}}"#,
            r#"{"stat":"OK", "response" : {"items":[ ],"metadata":{"n":[1]}},"x":1}"#,
            r#"{"n":1,"events":[],"to":"x"}"#,
            "{\"a\":1,\n\"results\":[\n]}",
        ];
        let text = format!(
            "{{\"n\":1}}\n{}\n{{\"items\":[{{\"n\":2}}]}}",
            pages.join("\n")
        );
        let (records, end) = read(&text);
        let mut expected = vec!["{\"n\":1}".to_owned()];
        let named = pages.iter().zip(2..);
        expected.extend(named.map(|(page, line)| format!("page at {line}: {page}")));
        expected.push("{\"n\":2}".to_owned());
        assert_eq!((records, end), (expected, Ok(())));
        // Where lists of any name are looked for, an object with another in it is no page.
        let nested = r#"{"to":"x","meta":{"n":1}}"#;
        let (records, end) = read_as(nested, Descent::Anywhere, false);
        assert_eq!(
            (records, end),
            (vec![format!("page at 1: {nested}")], Ok(()))
        );
        // A page that is too long to be a record is named all the same.
        let long = format!(r#"{{"items":[],"x":"{}"}}{{"n":1}}"#, "x".repeat(900_000));
        let (records, end) = read(&long);
        let expected = vec!["page at 1: ".to_owned(), "{\"n\":1}".to_owned()];
        assert_eq!((records, end), (expected, Ok(())));
        // An array is no page.
        assert_eq!(read("[]\n[]"), (vec![], Ok(())));
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
    fn every_object_of_a_line_is_given() {
        let text =
            "x {\"n\":1}y {\"n\":2} z {\"a\":{\"n\":3}}\n{app} {\"n\":4}\n{\"n\":5} took 5 ms\n";
        let (records, end) = read_as(text, Descent::Nowhere, true);
        let expected = [
            "beside at 1: {\"n\":1}",
            "beside at 1: {\"n\":2}",
            "last at 1: {\"a\":{\"n\":3}}",
            "{\"n\":4}",
            "beside at 3: {\"n\":5}",
            "bad line 3",
        ];
        assert_eq!(
            (records.as_slice(), end),
            (expected.map(str::to_owned).as_slice(), Ok(()))
        );
        // No line ends for longer than a record may be.
        let object = format!("{{\"n\":\"{}\"}}", "x".repeat(1000));
        let text = format!("1014 <134>1 - {object}").repeat(2000);
        let (records, end) = read_as(&text, Descent::Nowhere, true);
        assert_eq!((records.len(), end), (2000, Ok(())));
        assert_eq!(records[0], format!("beside at 1: {object}"));
        assert_eq!(records[1999], format!("last at 1: {object}"));
    }

    #[test]
    fn text_before_the_first_object_of_a_log_is_passed_over() {
        let text = "tool 2.2\n2024-03-10 fetched 2\n\nx {\"n\":1}\nbye\n";
        let (records, end) = read_as(text, Descent::Nowhere, true);
        assert_eq!(
            (records, end),
            (
                vec!["{\"n\":1}".to_owned(), "bad line 5".to_owned()],
                Ok(())
            )
        );
        let (records, _) = read_as("a \"n\":0}\nx {\"n\":1}\n", Descent::Nowhere, true);
        assert_eq!(records, ["bad line 1", "{\"n\":1}"]);
    }

    #[test]
    fn lists_and_pages_in_a_list_are_entered() {
        let records = ["{\"n\":1}", "{\"n\":2}"].map(str::to_owned).to_vec();
        for text in [
            "[[{\"n\":1},{\"n\":2}]]",
            "[[{\"n\":1}],[],[{\"n\":2}]]",
            "[{\"ok\":1,\"response\":{\"items\":[{\"n\":1}]}},{\"data\":[{\"n\":2}],\"x\":[3]}]",
            "[[{\"items\":[{\"n\":1}]}],{\"n\":2}]",
        ] {
            assert_eq!(read(text), (records.clone(), Ok(())), "{text}");
        }
        let (records, end) = read("[{\"n\":1},\n{\"items\":[],\"x\":1}]");
        let page = "page at 2: {\"items\":[],\"x\":1}".to_owned();
        assert_eq!((records, end), (vec!["{\"n\":1}".to_owned(), page], Ok(())));
    }

    #[test]
    fn what_is_beside_a_list_of_records_is_given_too() {
        let asides = |text: &str| {
            let source = Box::new(std::io::Cursor::new(text.to_owned()));
            let mut stream = JsonStream::new(source, Descent::Named, false);
            let mut found = Vec::new();
            while stream.advance().unwrap() {
                match stream.aside() {
                    Some(Some(aside)) => found.push(aside.to_string()),
                    Some(None) => found.push("too long".to_owned()),
                    None => {}
                }
            }
            found
        };
        let text = r#"{"n":1,"old":[{"a":1}], "items":[{"a":2}],"m":{"b":[]},"x":3}"#;
        assert_eq!(asides(text), [r#"{"n":1,"old":[{"a":1}]}"#, r#"{"b":[]}"#]);
        let text = r#"[{"result":{"old":[1],"items":[{"a":2}]}}]"#;
        assert_eq!(asides(text), ["[1]"]);
        // What is too long is told if a number may be in it.
        for (item, found) in [("5550101", vec!["too long"]), ("1", vec![])] {
            let long = format!("{{\"a\":{item}}},").repeat(200_000);
            let text = format!(r#"{{"items":[{{"a":2}}],"more":[{long}1]}}"#);
            assert_eq!(asides(&text), found);
        }
        assert_eq!(asides(r#"{"n":[1],"items":[{"a":{"b":[1]}}]}"#), [""; 0]);
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
        // With an object a line, the last line is cut, and is a bad one.
        let (records, end) = read("{\"n\":1}\n{\"n\":2");
        assert_eq!((records[0].as_str(), end), ("{\"n\":1}", Ok(())));
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
