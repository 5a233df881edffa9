//! A file as UTF-8 text, however it is packed and encoded.

use std::io::{Cursor, Read};

use super::decode::decode;
use super::foreign::refuse_markup;
use super::packing::{Unpacked, unpack};
use super::peek::peek;
use super::sheet::Sheet;
use super::workbook;
use crate::ingest::error::{IngestError, WorkbookFault};

/// The text of a file, at its beginning.
pub(in crate::ingest) struct FileText {
    pub(in crate::ingest) source: Box<dyn Read + Send>,
    /// The first byte that is not white space.
    pub(in crate::ingest) first: u8,
    /// The sheet that the text is of, if the file is a workbook.
    pub(in crate::ingest) sheet: Option<Sheet>,
}

impl FileText {
    /// Unpacks and decodes a file. One that begins with 4 KiB of white space is `Empty`. `sheet` names the sheet of a
    /// workbook.
    pub(in crate::ingest) fn open(
        source: Box<dyn Read + Send>,
        sheet: Option<&str>,
    ) -> Result<Self, IngestError> {
        let (mut source, sheet): (Box<dyn Read + Send>, _) = match unpack(source)? {
            Unpacked::Workbook(source) => {
                let (text, sheet) = workbook::read(source, sheet)?;
                (Box::new(Cursor::new(text)), Some(sheet))
            }
            Unpacked::Text(_) if sheet.is_some() => {
                return Err(IngestError::Workbook(WorkbookFault::NotOne));
            }
            Unpacked::Text(source) => (decode(source)?, None),
        };
        let head = peek(&mut source, HEAD)?;
        let first = head.iter().position(|byte| !byte.is_ascii_whitespace());
        let first = first.ok_or_else(|| match &sheet {
            Some(sheet) => sheet.blamed(IngestError::Empty),
            None => IngestError::Empty,
        })?;
        let rest = head.get(first..).unwrap_or_default();
        if sheet.is_none() {
            refuse_markup(rest)?;
        }
        Ok(Self {
            first: rest.first().copied().unwrap_or_default(),
            source: Box::new(Cursor::new(head).chain(source)),
            sheet,
        })
    }
}

/// How many bytes are looked at.
const HEAD: usize = 4 << 10;
