//! A file as UTF-8 text, however it is packed and encoded.

use std::io::{Cursor, Read};

use super::decode::decode;
use super::packing::unpack;
use super::peek::peek;
use crate::ingest::error::IngestError;

/// The text of a file, at its beginning.
pub(in crate::ingest) struct FileText {
    pub(in crate::ingest) source: Box<dyn Read + Send>,
    /// The first byte that is not white space.
    pub(in crate::ingest) first: u8,
}

impl FileText {
    /// Unpacks and decodes a file. One that begins with 4 KiB of white space is `Empty`.
    pub(in crate::ingest) fn open(source: Box<dyn Read + Send>) -> Result<Self, IngestError> {
        let mut source = decode(unpack(source)?)?;
        let head = peek(&mut source, HEAD)?;
        let mut bytes = head.iter().copied();
        let first = bytes.find(|byte| !byte.is_ascii_whitespace());
        Ok(Self {
            first: first.ok_or(IngestError::Empty)?,
            source: Box::new(Cursor::new(head).chain(source)),
        })
    }
}

/// How many bytes are looked at.
const HEAD: usize = 4 << 10;
