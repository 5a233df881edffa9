//! The records of a JSON file, one at a time. The file may be an array, an object with an array of
//! records in it, several of either, or an object a line.
//!
//! It finds where records begin and end; `walk` reads what is in them. What is around the records
//! is skipped and not kept.

use std::io::Read;

use zeroize::Zeroizing;

use crate::ingest::error::IngestError;
use crate::ingest::record::MAX_RECORD_BYTES;

/// A JSON file and the record it is at.
pub(in crate::ingest) struct JsonStream {
    source: Box<dyn Read + Send>,
    buffer: Zeroizing<Vec<u8>>,
    at: usize,
    filled: usize,
    line: u64,
    column: u64,
    record: Zeroizing<Vec<u8>>,
    start: Position,
    enclosures: Vec<Enclosure>,
    /// What is scanned belongs to the record and is kept in it.
    keep: bool,
}

/// A line of the file and a byte of the line, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) struct Position {
    pub(in crate::ingest) line: u64,
    pub(in crate::ingest) column: u64,
}

/// What a record may be in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enclosure {
    /// A list of records, of which none was read.
    NewList,
    /// A list of records, of which some were read.
    List,
    /// An object that holds a list of records and other members.
    Envelope,
}

impl JsonStream {
    pub(in crate::ingest) fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(vec![0; 64 << 10]),
            at: 0,
            filled: 0,
            line: 1,
            column: 1,
            record: Zeroizing::new(Vec::with_capacity(MAX_RECORD_BYTES)),
            start: Position { line: 1, column: 1 },
            enclosures: Vec::new(),
            keep: false,
        }
    }

    /// The bytes of the record, and where it begins.
    pub(in crate::ingest) fn record(&self) -> (&[u8], Position) {
        (&self.record, self.start)
    }

    /// The line of the byte that is read next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many lines were read so far.
    pub(super) fn lines(&self) -> u64 {
        self.line - u64::from(self.column == 1)
    }

    /// Goes to the next record. False at the end of the file; a list, object or string that is not
    /// finished then is an error.
    pub(in crate::ingest) fn advance(&mut self) -> Result<bool, IngestError> {
        loop {
            let Some(byte) = self.skip_space()? else {
                return if self.enclosures.is_empty() {
                    Ok(false)
                } else {
                    Err(self.cut())
                };
            };
            match (self.enclosures.last().copied(), byte) {
                (None, b'[') => self.enter(Enclosure::NewList)?,
                (None, b'{') => {
                    if self.open_object()? {
                        return Ok(true);
                    }
                }
                (Some(Enclosure::NewList | Enclosure::List), b']')
                | (Some(Enclosure::Envelope), b'}') => {
                    self.take()?;
                    self.enclosures.pop();
                }
                (Some(Enclosure::Envelope), b',') => {
                    self.take()?;
                    self.skip_space()?;
                    self.member()?;
                }
                (Some(Enclosure::List), b',') => {
                    self.take()?;
                    self.skip_space()?;
                    return self.element();
                }
                (None | Some(Enclosure::NewList), _) => return self.element(),
                _ => return Err(self.broken()),
            }
        }
    }

    /// Reads a value that is a record, or should be one.
    fn element(&mut self) -> Result<bool, IngestError> {
        if let Some(list @ Enclosure::NewList) = self.enclosures.last_mut() {
            *list = Enclosure::List;
        }
        self.begin();
        self.value()?;
        self.keep = false;
        Ok(true)
    }

    /// Reads an object that is in nothing else. It is kept as a record until it turns out to be an
    /// envelope. True if it was a record.
    fn open_object(&mut self) -> Result<bool, IngestError> {
        self.begin();
        self.take()?;
        if self.skip_space()? == Some(b'}') {
            self.take()?;
            self.keep = false;
            return Ok(true);
        }
        loop {
            if self.member()? {
                return Ok(false);
            }
            let next = self.skip_space()?;
            self.take()?;
            match next {
                Some(b',') => self.skip_space()?,
                Some(b'}') => {
                    self.keep = false;
                    return Ok(true);
                }
                _ => return Err(self.broken()),
            };
        }
    }

    /// Reads a name and its value. True if the value is the list of records, or an envelope
    /// around it; this is entered, not read.
    fn member(&mut self) -> Result<bool, IngestError> {
        if self.peek()? != Some(b'"') {
            return Err(if self.peek()?.is_none() {
                self.cut()
            } else {
                self.broken()
            });
        }
        let name = self.name()?;
        match self.skip_space()? {
            Some(b':') => self.take()?,
            Some(_) => return Err(self.broken()),
            None => return Err(self.cut()),
        }
        let (next, top) = (self.skip_space()?, self.enclosures.is_empty());
        let holds = match (name, next) {
            (Name::Response | Name::List, Some(b'[')) => Some(Enclosure::NewList),
            (Name::Response, Some(b'{')) => Some(Enclosure::Envelope),
            _ => None,
        };
        let Some(holds) = holds else {
            return self.value().map(|()| false);
        };
        // The object that was taken for a record is an envelope.
        if top {
            self.enclosures.push(Enclosure::Envelope);
        }
        self.keep = false;
        self.enter(holds)?;
        if holds == Enclosure::Envelope && self.skip_space()? != Some(b'}') {
            self.member()?;
        }
        Ok(true)
    }

    fn name(&mut self) -> Result<Name, IngestError> {
        let mut short = [0_u8; 16];
        let mut length = 0;
        self.take()?;
        loop {
            let byte = self.peek()?.ok_or_else(|| self.cut())?;
            self.take()?;
            match byte {
                b'"' => break,
                b'\\' => {
                    self.take()?;
                }
                _ => {}
            }
            if let Some(to) = short.get_mut(length) {
                *to = byte;
            }
            length += 1;
            if length > MAX_RECORD_BYTES {
                return Err(IngestError::RecordTooLong {
                    line: self.start.line,
                });
            }
        }
        Ok(match short.get(..length) {
            Some(b"response") => Name::Response,
            Some(name) if LISTS.contains(&name) => Name::List,
            _ => Name::Other,
        })
    }

    /// Passes over one value of any kind, which is kept if `keep` is set.
    fn value(&mut self) -> Result<(), IngestError> {
        let mut depth = 0_u64;
        loop {
            let Some(byte) = self.peek()? else {
                return Err(self.cut());
            };
            match byte {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.take()?;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.take()?;
                }
                _ if depth > 0 => self.take()?,
                b'}' | b']' | b',' | b':' => return Err(self.broken()),
                _ => return self.scalar(),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn string(&mut self) -> Result<(), IngestError> {
        self.take()?;
        loop {
            let byte = self.peek()?.ok_or_else(|| self.cut())?;
            self.take()?;
            match byte {
                b'"' => return Ok(()),
                b'\\' => self.take()?,
                _ => {}
            }
        }
    }

    fn scalar(&mut self) -> Result<(), IngestError> {
        while let Some(byte) = self.peek()? {
            if matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}') {
                break;
            }
            self.take()?;
        }
        Ok(())
    }

    fn enter(&mut self, enclosure: Enclosure) -> Result<(), IngestError> {
        self.take()?;
        // No supplier nests envelopes as deep as this.
        if self.enclosures.len() >= 8 {
            return Err(self.broken());
        }
        self.enclosures.push(enclosure);
        Ok(())
    }

    fn begin(&mut self) {
        self.record.clear();
        self.start = Position {
            line: self.line,
            column: self.column,
        };
        self.keep = true;
    }

    fn skip_space(&mut self) -> Result<Option<u8>, IngestError> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.take()?,
                next => return Ok(next),
            }
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, IngestError> {
        if self.at == self.filled {
            self.at = 0;
            self.filled = 0;
            self.filled = self
                .source
                .read(&mut self.buffer)
                .map_err(|error| IngestError::reading(error, self.line))?;
        }
        Ok(self
            .buffer
            .get(self.at)
            .copied()
            .filter(|_| self.at < self.filled))
    }

    /// Passes over the next byte.
    fn take(&mut self) -> Result<(), IngestError> {
        let byte = self.peek()?.ok_or_else(|| self.cut())?;
        self.at += 1;
        self.column += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        }
        if self.keep {
            // `record` has room for this from the beginning: growing would leave a copy that is
            // not wiped.
            if self.record.len() == MAX_RECORD_BYTES {
                return Err(IngestError::RecordTooLong {
                    line: self.start.line,
                });
            }
            self.record.push(byte);
        }
        Ok(())
    }

    fn cut(&self) -> IngestError {
        IngestError::CutOff { line: self.line }
    }

    fn broken(&self) -> IngestError {
        IngestError::BrokenJson {
            line: self.line,
            column: self.column,
        }
    }
}

/// The name of a member of an envelope.
enum Name {
    Response,
    List,
    Other,
}

/// The members that hold the records in a page of an API: of Duo and MessageBird, Twilio and
/// Bandwidth, Telnyx, Plivo, Sinch.
const LISTS: [&[u8]; 5] = [
    b"items",
    b"messages",
    b"data",
    b"objects",
    b"delivery_reports",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Result<(), IngestError>) {
        let mut stream = JsonStream::new(Box::new(std::io::Cursor::new(text.to_owned())));
        let mut records = Vec::new();
        loop {
            match stream.advance() {
                Ok(true) => records.push(String::from_utf8(stream.record().0.to_vec()).unwrap()),
                Ok(false) => return (records, Ok(())),
                Err(error) => return (records, Err(error)),
            }
        }
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
        ] {
            assert_eq!(read(&text), (records.clone(), Ok(())), "{text}");
        }
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
            let endless = std::io::Cursor::new(start).chain(std::io::repeat(b'x'));
            let mut stream = JsonStream::new(Box::new(endless));
            let mut last = Ok(true);
            while last == Ok(true) {
                last = stream.advance();
            }
            assert_eq!(last, Err(IngestError::RecordTooLong { line: 1 }), "{start}");
        }
    }
}
