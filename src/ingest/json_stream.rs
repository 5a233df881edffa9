//! The records of a JSON file, one at a time: an array, an envelope around an
//! array, several of either after each other, or an object a line.
//!
//! It finds where records begin and end and leaves what is in them to
//! `json_record`. What stands around the records is skipped, never kept.

use std::io::Read;

use zeroize::Zeroizing;

use super::RECORD_BYTES;
use super::error::IngestError;

pub(super) struct JsonStream {
    source: Box<dyn Read + Send>,
    buffer: Zeroizing<Vec<u8>>,
    at: usize,
    filled: usize,
    line: u64,
    column: u64,
    record: Zeroizing<Vec<u8>>,
    start: Place,
    inside: Vec<Inside>,
    /// Keep what is scanned in `record`.
    keep: bool,
}

/// A line and a byte in it, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// A list of records of which none or some have been read.
    NewList,
    List,
    /// An object that holds a list of records, and other things.
    Envelope,
}

impl JsonStream {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(vec![0; 64 << 10]),
            at: 0,
            filled: 0,
            line: 1,
            column: 1,
            record: Zeroizing::new(Vec::with_capacity(RECORD_BYTES)),
            start: Place { line: 1, column: 1 },
            inside: Vec::new(),
            keep: false,
        }
    }

    /// The bytes of the record, and where it begins.
    pub(super) fn record(&self) -> (&[u8], Place) {
        (&self.record, self.start)
    }

    /// Goes to the next record. At the end of the file, an unfinished list,
    /// object or text is an error.
    pub(super) fn advance(&mut self) -> Result<bool, IngestError> {
        loop {
            let Some(byte) = self.skip_space()? else {
                return if self.inside.is_empty() {
                    Ok(false)
                } else {
                    Err(self.cut())
                };
            };
            match (self.inside.last().copied(), byte) {
                (None, b'[') => self.enter(Inside::NewList)?,
                (None, b'{') => {
                    if self.open_object()? {
                        return Ok(true);
                    }
                }
                (Some(Inside::NewList | Inside::List), b']') | (Some(Inside::Envelope), b'}') => {
                    self.take()?;
                    self.inside.pop();
                }
                (Some(Inside::Envelope), b',') => {
                    self.take()?;
                    self.skip_space()?;
                    self.member()?;
                }
                (Some(Inside::List), b',') => {
                    self.take()?;
                    self.skip_space()?;
                    return self.element();
                }
                (None | Some(Inside::NewList), _) => return self.element(),
                _ => return Err(self.broken()),
            }
        }
    }

    /// A value that is a record, or should be.
    fn element(&mut self) -> Result<bool, IngestError> {
        if let Some(list @ Inside::NewList) = self.inside.last_mut() {
            *list = Inside::List;
        }
        self.begin();
        self.value()?;
        self.keep = false;
        Ok(true)
    }

    /// An object at the top: kept as a record until it turns out to be an
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

    /// A name and its value in an object at the top. True if the value is the
    /// list of records, or the envelope that holds it, which is entered.
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
        let (next, inside) = (self.skip_space()?, !self.inside.is_empty());
        let holds = match (name, next) {
            (Name::Response | Name::List, Some(b'[')) => Some(Inside::NewList),
            (Name::Response, Some(b'{')) => Some(Inside::Envelope),
            _ => None,
        };
        let Some(holds) = holds else {
            return self.value().map(|()| false);
        };
        // An object at the top that was taken for a record is an envelope.
        if !inside {
            self.inside.push(Inside::Envelope);
        }
        self.keep = false;
        self.enter(holds)?;
        if holds == Inside::Envelope && self.skip_space()? != Some(b'}') {
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
            if length > RECORD_BYTES {
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

    /// Scans over one value of any kind, keeping it if `keep` is set.
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

    fn enter(&mut self, inside: Inside) -> Result<(), IngestError> {
        self.take()?;
        // `{"response":{"response":{…` nests no deeper than any real answer.
        if self.inside.len() >= 8 {
            return Err(self.broken());
        }
        self.inside.push(inside);
        Ok(())
    }

    fn begin(&mut self) {
        self.record.clear();
        self.start = Place {
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

    /// Moves over the next byte.
    fn take(&mut self) -> Result<(), IngestError> {
        let byte = self.peek()?.ok_or_else(|| self.cut())?;
        self.at += 1;
        self.column += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        }
        if self.keep {
            // The room was made in one piece, so that nothing moves unwiped.
            if self.record.len() == RECORD_BYTES {
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

enum Name {
    Response,
    List,
    Other,
}

/// The names under which pages of logs hold their records: Duo and MessageBird,
/// Twilio and Bandwidth, Telnyx, Plivo, Sinch.
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
