//! Why a file cannot be read: what is wrong, where, and what to do about it. Never a cell.

use std::io;

use super::column_name::{self, ShownName};
use super::record::MAX_RECORD_BYTES;
use crate::domain::{Format, Panicked, io_words};

/// Why a file or a mapping cannot be read. Each message says what to do; `kind` names it for
/// programs. Lines count from 1.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The file has no byte, or nothing after its header.
    #[error(
        "the file holds no records: it is empty, or nothing follows the names of the columns; ask the sender for the \
         complete file"
    )]
    Empty,
    /// The first line looks like data.
    #[error(
        "line 1 does not hold column names, but looks like a record; put a line before it that names the columns, such as \
         `account,number,sent_at`"
    )]
    NoHeader,
    /// The line ends of a file were lost on the way.
    #[error(
        "the file is a single long line: its line ends were lost on the way; send it with curl's --data-binary, not -d"
    )]
    OneLine,
    /// No mark that is tried separates the columns, and this one seems to.
    #[error("the columns seem to be separated by {}", separator(*.mark))]
    UnknownDelimiter {
        /// The mark.
        mark: char,
    },
    /// Each line is a single cell in quotes.
    #[error(
        "every line is in quotes as a whole, so that it is one cell; take off the quotes around the lines, make one quote of \
         each two, and send it again"
    )]
    QuotedLines,
    /// The cells are in quotes of another kind than CSV has.
    #[error(
        "the names of the columns are in quotes of the form {mark}, which CSV does not have; replace {mark} around the \
         cells by \", and send it again"
    )]
    OtherQuotes {
        /// The mark.
        mark: char,
    },
    /// Quotes in cells have a backslash before them, and rows come apart at them.
    #[error(
        "line {line} has a backslash before a quote in a cell, which is no CSV; write each \\\" as \"\" (such as \
         with sed 's/\\\\\"/\"\"/g') and send it again"
    )]
    BackslashQuotes {
        /// The first such line.
        line: u64,
    },
    /// The records of a JSON file are lists of cells.
    #[error(
        "the records are lists and not objects, so that their cells have no names; have it written as objects (pandas: \
         orient=\"records\"), or as CSV with a header (CloudWatch Insights: download it as CSV)"
    )]
    CellLists,
    /// What is wrong with a sheet of a workbook that has others.
    #[error("{sheet}; of the one that was read: {error}")]
    InSheet {
        /// Which sheet was read, and how to name another.
        sheet: String,
        /// What is wrong with it.
        error: Box<IngestError>,
    },
    /// No format has these columns.
    #[error(
        "the file fits no known format{}; name its format with format=, or the columns of the number and the time with \
         map=number= and map=sent_at=, or send a mapping (`breachvault exhibit map FILE` drafts one)",
        column_name::in_brackets(.columns)
    )]
    UnknownFormat {
        /// The names in the header or the first record. Empty if one of them may not be shown.
        columns: Vec<ShownName>,
    },
    /// Two formats have these columns.
    #[error(
        "the file fits both {} and {}; send it again with format= and the right one of them",
        .first.as_str(), .second.as_str()
    )]
    AmbiguousFormat {
        /// One of the two.
        first: Format,
        /// The other.
        second: Format,
    },
    /// Most of the first records do not fit the format.
    #[error(
        "line {line} and most of the first records do not fit the format {}; send the file again with another format=, or \
         without one if you named it, or take out the lines that are no records",
        .declared.as_str()
    )]
    NotThisFormat {
        /// The format that was declared or detected.
        declared: Format,
        /// The first record that does not fit.
        line: u64,
    },
    /// Most of the first records have more or fewer cells than the header.
    #[error(
        "line {line} has {cells} cells, but the header has {columns} columns; name every column, and put quotes around a \
         cell that holds what separates cells"
    )]
    CellCount {
        /// The first record that does not fit.
        line: u64,
        /// How many cells it has.
        cells: usize,
        /// How many columns the header has.
        columns: usize,
    },
    /// A quote that opens a cell and closes in a later row.
    #[error(
        "a quote in the record at line {line} swallows the lines after it; send it again with `quotes=none`, which reads \
         it without quoting (or with `quotes=standard`, if a cell is meant to go over these lines)"
    )]
    StrayQuote {
        /// Where the record begins that the quote is in.
        line: u64,
    },
    /// Files of different columns were joined.
    #[error(
        "the columns change at line {line}; cut the file before that line and send each part by itself"
    )]
    HeaderChanges {
        /// The line with the other names.
        line: u64,
    },
    /// What looks like a record comes before the names of the columns.
    #[error(
        "line {line} looks like a record, but the names of the columns come at line {header}; put them first, or take the \
         line out if it is no record"
    )]
    RecordBeforeHeader {
        /// The line that looks like a record.
        line: u64,
        /// The line with the names.
        header: u64,
    },
    /// A field that the format needs has no column.
    #[error("no column holds the field {field}; name the one that does with map={field}={}", or_declare(.field))]
    MissingColumn {
        /// The label of the field.
        field: &'static str,
    },
    /// Somebody named a column that is not there.
    #[error(
        "{field}: the file has no column of {}{}",
        column_name::as_given(.column.as_ref()),
        column_name::in_brackets(.columns)
    )]
    NoSuchColumn {
        /// The label of the field it was mapped to, or the key it was given with.
        field: &'static str,
        /// The name, as it was given, if it may be shown.
        column: Option<ShownName>,
        /// The names that there are, as far as they may be shown.
        columns: Vec<ShownName>,
    },
    /// Numbers are to be read as those of one country, and a column looks like the country of each row.
    #[error(
        "the column {column} looks like the country of each row and is not read, so that every number without a plus \
         would be one of the declared country; send it again with map=country={column} (or with the column in the \
         mapping) and without region=, or with drop={column} if it says something else"
    )]
    CountryColumn {
        /// The column.
        column: ShownName,
    },
    /// A field has two columns, and it is unknown which one to read.
    #[error(
        "{} both fit the field {field}; send it again with map={field}={first} or map={field}={second}, whichever is \
         right, or with drop={first} or drop={second} for the one that is not",
        both(.first, .second)
    )]
    TwoColumns {
        /// The label of the field.
        field: &'static str,
        /// The column that comes first in the file.
        first: ShownName,
        /// The column that comes later.
        second: ShownName,
    },
    /// Somebody mapped a column that by its name holds message content.
    #[error(
        "the column {column:?} holds message content and is never read; remove it from the mapping"
    )]
    ContentColumn {
        /// Its name, as it was mapped.
        column: String,
    },
    /// Somebody mapped a column to a field that the vault computes.
    #[error("the field {field} is computed, not read from a column; remove it from the mapping")]
    NotRead {
        /// The label of the field.
        field: &'static str,
    },
    /// Most of the accounts are phone numbers.
    #[error(
        "the column that is read as the account holds phone numbers (first seen at line {line}); send it again with \
         map=account= and the column that names the account, or with drop= for that column and account="
    )]
    NumbersAsAccounts {
        /// The first record with such an account.
        line: u64,
    },
    /// A local time, and no zone was declared.
    #[error(
        "line {line} has a time without a zone; send it again with zone=, such as UTC or Europe/London"
    )]
    ZoneNeeded {
        /// The record with the time.
        line: u64,
    },
    /// A format that never names the account, and none was declared.
    #[error("a {} log names no account; send it again with account=, the customer it is of", .format.as_str())]
    AccountNeeded {
        /// The format.
        format: Format,
    },
    /// The file ends inside a record, a list or a packed stream.
    #[error("the file is cut off at line {line}; ask the sender for the complete file")]
    CutOff {
        /// Where the file ends, or where what is not finished begins.
        line: u64,
    },
    /// A checksum, a size or the packed data itself is wrong.
    #[error(
        "the packed file is damaged (seen at line {line}); ask the sender for the complete file"
    )]
    Damaged {
        /// The line of the unpacked text that was being read.
        line: u64,
    },
    /// More comes out of the packed file than of any packed log.
    #[error(
        "the packed file grows too much ({packed} bytes became {unpacked}), as no log does; unpack it, check that it is the \
         log, and send what was in it"
    )]
    Bomb {
        /// How many bytes went in so far.
        packed: u64,
        /// How many bytes came out so far.
        unpacked: u64,
    },
    /// A record is longer than 1 MiB.
    #[error(
        "the record at line {line} is longer than 1 MiB ({MAX_RECORD_BYTES} bytes): one of its cells is very long, or a quote \
         in it is never closed; cut that cell, or take out the quote, and send the file again"
    )]
    RecordTooLong {
        /// Where the record begins.
        line: u64,
    },
    /// A member beside a list of records is too long to be looked at.
    #[error(
        "{} at line {line} is beside the list of records and too long to be looked at, so that nobody knows whether it \
         holds records; send it as a file of its own{}",
        the_member(.member.as_ref()),
        or_drop(.member.as_ref())
    )]
    LongMember {
        /// Where it begins.
        line: u64,
        /// Its name, if it has one and that may be shown.
        member: Option<ShownName>,
    },
    /// UTF-8 behind UTF-16.
    #[error(
        "the text changes from UTF-16 to UTF-8 at line {line}; cut the file there and send each part by itself, or save \
         all of it in one of the two"
    )]
    TwoEncodings {
        /// The first line that is in the other encoding.
        line: u64,
    },
    /// The members of a JSON record are lists of values.
    #[error(
        "the member {column} holds a list of values, so that a record is of several messages; have one record written \
         for each (Splunk: mvzip and mvexpand; Elasticsearch: _source in place of fields)"
    )]
    MultiValue {
        /// The first such member.
        column: ShownName,
    },
    /// Bytes that are neither UTF-8 nor UTF-16.
    #[error("line {line} is not text; save the file as UTF-8 or UTF-16")]
    NotText {
        /// The line with such a byte.
        line: u64,
    },
    /// A JSON column holds lists.
    #[error(
        "the column {column} is a list; map {column}[] to the field {field}, and each item makes a row of its own"
    )]
    ListColumn {
        /// The label of the field.
        field: &'static str,
        /// The column, as it was mapped.
        column: String,
    },
    /// The mapping says CSV and the file is JSON, or the other way round.
    #[error(
        "the file is not {container} as the mapping says; correct `container` in the mapping, or send the file that it was \
         made for"
    )]
    NotThisContainer {
        /// The container that the mapping names.
        container: &'static str,
    },
    /// The text of a mapping breaks a rule.
    #[error("the mapping is wrong at line {line}, {key}: {rule}")]
    Mapping {
        /// A line of the mapping, not of the file.
        line: u64,
        /// The field or the key that is wrong.
        key: &'static str,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// A gzip or zip inside a gzip or zip.
    #[error(
        "the packed file holds another packed file; unpack both, and send the log that is in them"
    )]
    PackedTwice,
    /// A zip that is not read.
    #[error("{0}")]
    Zip(ZipFault),
    /// A workbook that is not read.
    #[error("{0}")]
    Workbook(WorkbookFault),
    /// A file of another kind than a log.
    #[error("the file is {name}; {advice}")]
    Foreign {
        /// What it is.
        name: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// The file is not JSON.
    #[error(
        "the JSON is broken at line {line}, byte {column}; mend it there if somebody edited it, or ask the sender for the \
         complete file"
    )]
    BrokenJson {
        /// The line of the first wrong byte.
        line: u64,
        /// The byte in this line, counted from 1.
        column: u64,
    },
    /// The source of the bytes failed.
    #[error("the file could not be read: {}", io_words(*.0))]
    Io(io::ErrorKind),
}

/// Why a zip is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ZipFault {
    /// Its directory is empty.
    #[error("the zip holds no file; ask the sender for the complete file")]
    Empty,
    /// More than one file.
    #[error("the zip holds more than one file; unpack it and send each file by itself")]
    Several,
    /// The file's name leads out of the zip.
    #[error(
        "the name of the file in the zip is no name of a file; unpack it and send the file by itself"
    )]
    Folder,
    /// Needs a password.
    #[error("the zip is encrypted; unpack it with its password, and send the file that is in it")]
    Encrypted,
    /// One part of several.
    #[error(
        "the zip is one part of several; join the parts, unpack them, and send the file that is in them"
    )]
    Split,
    /// Neither stored nor deflated, or stored without its size.
    #[error(
        "the zip is packed in a way that is not read; unpack it, and send the file that is in it"
    )]
    Method,
}

/// Why a workbook is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookFault {
    /// Larger than a workbook may be.
    #[error(
        "the Excel workbook is larger than 64 MiB, or 256 MiB unpacked; save the sheet of the log as CSV, and send that"
    )]
    TooLarge,
    /// Its parts are not those of a workbook, or are damaged.
    #[error(
        "the file looks like an Excel workbook but is damaged or protected by a password; open it in a spreadsheet, save \
         it as CSV, and send that"
    )]
    Unreadable,
    /// It has no sheet of the name that was asked for.
    #[error("the workbook has no such sheet{}; name one of them with `sheet=`", column_name::sheets_in_brackets(.0))]
    NoSuchSheet(Vec<ShownName>),
    /// A sheet was named, and the file is no workbook.
    #[error("a sheet was named, but the file is no workbook; send it again without `sheet=`")]
    NotOne,
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
    /// What a failed read near a line means. The readers of this module pass an `IngestError`
    /// through `io::Error`; of every other error only the kind is kept.
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

    /// The name of the error in answers and leaves.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoHeader => "no-header",
            Self::UnknownFormat { .. } => "unknown-format",
            Self::UnknownDelimiter { .. } => "unknown-delimiter",
            Self::QuotedLines => "quoted-lines",
            Self::OtherQuotes { .. } => "other-quotes",
            Self::BackslashQuotes { .. } => "backslash-quotes",
            Self::CellLists => "cell-lists",
            Self::OneLine => "one-line",
            Self::InSheet { error, .. } => error.kind(),
            Self::AmbiguousFormat { .. } => "ambiguous-format",
            Self::NotThisFormat { .. } => "not-this-format",
            Self::CellCount { .. } => "cell-count",
            Self::StrayQuote { .. } => "stray-quote",
            Self::HeaderChanges { .. } => "header-changes",
            Self::RecordBeforeHeader { .. } => "record-before-header",
            Self::MissingColumn { .. } => "missing-column",
            Self::TwoColumns { .. } => "two-columns",
            Self::NoSuchColumn { .. } => "missing-column",
            Self::CountryColumn { .. } => "country-column",
            Self::ContentColumn { .. } => "content-column",
            Self::NotRead { .. } => "not-read",
            Self::ListColumn { .. } => "list-column",
            Self::NumbersAsAccounts { .. } => "numbers-as-accounts",
            Self::ZoneNeeded { .. } => "zone-needed",
            Self::AccountNeeded { .. } => "account-needed",
            Self::CutOff { .. } => "cut-off",
            Self::Damaged { .. } => "damaged-file",
            Self::Bomb { .. } => "bomb",
            Self::RecordTooLong { .. } => "record-too-long",
            Self::LongMember { .. } => "long-member",
            Self::TwoEncodings { .. } => "two-encodings",
            Self::MultiValue { .. } => "multi-value",
            Self::NotText { .. } => "not-text",
            Self::NotThisContainer { .. } => "not-this-container",
            Self::Mapping { .. } => "mapping",
            Self::PackedTwice => "packed-twice",
            Self::Zip(fault) => match fault {
                ZipFault::Empty => "zip-empty",
                ZipFault::Several => "zip-several-files",
                ZipFault::Folder => "zip-folder",
                ZipFault::Encrypted => "zip-encrypted",
                ZipFault::Split => "zip-split",
                ZipFault::Method => "zip-method",
            },
            Self::Workbook(fault) => match fault {
                WorkbookFault::TooLarge => "workbook-too-large",
                WorkbookFault::Unreadable => "workbook-unreadable",
                WorkbookFault::NoSuchSheet(_) => "no-such-sheet",
                WorkbookFault::NotOne => "not-a-workbook",
            },
            Self::Foreign { .. } => "foreign",
            Self::BrokenJson { .. } => "broken-json",
            Self::Io(_) => "io",
        }
    }
}

impl From<IngestError> for io::Error {
    fn from(error: IngestError) -> Self {
        io::Error::other(error)
    }
}

/// Two columns by their names, or by their places where they have one name or none.
fn both(first: &ShownName, second: &ShownName) -> String {
    let by_place = |name: &ShownName| name.as_str().starts_with("column ");
    match by_place(first) && by_place(second) {
        true => format!("{first} and {second}"),
        false => format!("the columns {first} and {second}"),
    }
}

/// The mark, and what to do.
fn separator(mark: char) -> String {
    match mark {
        mark if mark.is_ascii_punctuation() => {
            format!("`{mark}`; send the file again with a first line `sep={mark}`")
        }
        ' ' => "spaces; save the file with commas between them".to_owned(),
        mark => format!("the mark {mark:?}; save the file with commas between them"),
    }
}

/// What is too long, by its name.
fn the_member(name: Option<&ShownName>) -> String {
    match name {
        Some(name) => format!("the member {name}"),
        None => "a member".to_owned(),
    }
}

/// A member that somebody knows to hold no records may be left out.
fn or_drop(name: Option<&ShownName>) -> String {
    name.map_or_else(String::new, |name| {
        format!(", and this one with drop={name} (also if it holds no records)")
    })
}

/// An account may be declared in place of a column.
fn or_declare(field: &str) -> &'static str {
    if field == "account" {
        ", or send it again with account="
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_with_what_the_file_may_come_again() {
        let columns = Vec::new();
        let (first, second) = (Format::ALL[0], Format::ALL[1]);
        for (error, ways) in [
            (
                IngestError::UnknownFormat { columns },
                "format= map=number= map=sent_at= mapping",
            ),
            (IngestError::AmbiguousFormat { first, second }, "format="),
            (
                IngestError::NotThisFormat {
                    declared: first,
                    line: 7,
                },
                "7 format=",
            ),
            (
                IngestError::MissingColumn { field: "account" },
                "map=account= account=",
            ),
            (
                IngestError::MissingColumn { field: "number" },
                "map=number=",
            ),
            (IngestError::RecordTooLong { line: 7 }, "7 MiB cell quote"),
            (
                IngestError::BrokenJson { line: 7, column: 9 },
                "7 9 mend sender",
            ),
            (IngestError::NoHeader, "1 account,number,sent_at"),
            (IngestError::PackedTwice, "unpack send"),
            (IngestError::Workbook(WorkbookFault::NotOne), "`sheet=`"),
        ] {
            let told = error.to_string();
            assert!(ways.split(' ').all(|way| told.contains(way)), "{told}");
        }
    }
}
