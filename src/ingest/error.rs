//! Why a file cannot be read: what, where, and what to do. Never a cell.

use std::io;

use super::shown_name::{self, ShownName};
use crate::domain::{Format, Panicked};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    #[error("the file holds no records; ask whoever sent it for a whole one")]
    Empty,
    #[error("line 1 does not hold column names; put a line with the names of the columns first")]
    NoHeader,
    #[error("the file fits no known format{}; name its format or map its columns", shown_name::list(.columns))]
    UnknownFormat { columns: Vec<ShownName> },
    #[error("the file fits both {} and {}; name its format", .first.as_str(), .second.as_str())]
    AmbiguousFormat { first: Format, second: Format },
    #[error("the file is not {} (seen at line {line}); name another format or none", .declared.as_str())]
    NotThisFormat { declared: Format, line: u64 },
    #[error("no column holds the field {field}; map one to it{}", declare(.field))]
    MissingColumn { field: &'static str },
    #[error("the columns {first} and {second} both fit the field {field}; map the one that counts")]
    TwoColumns {
        field: &'static str,
        first: ShownName,
        second: ShownName,
    },
    #[error("the column {column:?} holds message content and is never read; take it off the map")]
    ContentColumn { column: String },
    #[error("the field {field} is worked out, not read from a column; take it off the map")]
    NotRead { field: &'static str },
    #[error("line {line} has a time without a zone; declare the zone of the file, such as UTC")]
    ZoneNeeded { line: u64 },
    #[error("the file is cut off at line {line}; ask whoever sent it for a whole one")]
    CutOff { line: u64 },
    #[error(
        "the packed file is damaged (seen at line {line}); ask whoever sent it for a whole one"
    )]
    Damaged { line: u64 },
    #[error(
        "the packed file grows too much ({packed} bytes became {unpacked}); unpack and look at it first"
    )]
    Bomb { packed: u64, unpacked: u64 },
    #[error(
        "the record at line {line} is longer than {} bytes; look there for a quote that is never closed",
        super::RECORD_BYTES
    )]
    RecordTooLong { line: u64 },
    #[error("line {line} is not text; save the file as UTF-8 or UTF-16")]
    NotText { line: u64 },
    #[error("the file is not the {container} that the mapping says; correct the mapping")]
    NotThisContainer { container: &'static str },
    #[error("the mapping is wrong at line {line}, {key}: {rule}")]
    Mapping {
        line: u64,
        key: &'static str,
        rule: &'static str,
    },
    #[error("the packed file holds another packed file; unpack it first")]
    PackedTwice,
    #[error("{0}")]
    Zip(ZipFault),
    #[error(
        "the JSON is broken at line {line}, byte {column}; ask whoever sent it for a whole one"
    )]
    BrokenJson { line: u64, column: u64 },
    #[error("the file could not be read ({0}); try again")]
    Io(io::ErrorKind),
}

/// Why a zip is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ZipFault {
    #[error("the zip holds no file; ask whoever sent it for a whole one")]
    Empty,
    #[error("the zip holds more than one file; unpack it and send each file by itself")]
    Several,
    #[error("the zip holds a folder; unpack it and send the file by itself")]
    Folder,
    #[error("the zip is encrypted; unpack it with its password first")]
    Encrypted,
    #[error("the zip is one part of several; put them together and unpack them first")]
    Split,
    #[error("the zip is packed in a way that is not read; unpack it first")]
    Method,
}

impl From<Panicked> for IngestError {
    fn from(_: Panicked) -> Self {
        Self::Io(io::ErrorKind::Other)
    }
}

impl From<ZipFault> for io::Error {
    fn from(fault: ZipFault) -> Self {
        IngestError::Zip(fault).into()
    }
}

impl IngestError {
    /// What a failed read means, near a line. Our own readers pass their
    /// errors through `io::Error`; everybody else's keep only their kind.
    pub(super) fn reading(error: io::Error, line: u64) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof => Self::CutOff { line },
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Damaged { line },
                kind => Self::Io(kind),
            },
        }
    }
}

impl From<IngestError> for io::Error {
    fn from(error: IngestError) -> Self {
        io::Error::other(error)
    }
}

fn declare(field: &str) -> &'static str {
    if field == "account" {
        ", or declare the account of the file"
    } else {
        ""
    }
}
