//! What a format is: which names its columns have and what is in them.
//!
//! A shape is built when a file is opened: for a named format from its file
//! in `formats`, otherwise from whatever describes the file. It holds names
//! and no cells.

use crate::domain::{Field, Format};

#[derive(Clone)]
pub(super) struct Shape {
    pub(super) format: Format,
    pub(super) written: Written,
    /// Where two columns hold one field, the first that says something counts.
    pub(super) columns: Vec<Column>,
    /// Fields without which the file cannot be read. An account that is
    /// declared need not be in the file.
    pub(super) required: Vec<Field>,
    /// Fields by whose columns a record of this format is known.
    pub(super) marks: Vec<Field>,
    /// The kind of every message, if the file has no column for it.
    pub(super) kind: Option<String>,
    /// What the column of kinds may begin with, and which kind that is; a
    /// record of anything else is no message. Empty: the column says the kind.
    pub(super) kinds: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Delimited,
    Json,
}

/// A field and the names its column may have: folded for delimited files,
/// paths (see `json_path`) for JSON.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) names: Vec<String>,
    pub(super) reads: Reads,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Text,
    /// Of a time: seconds since 1970, with or without a fraction.
    EpochSeconds,
    /// Of a time: milliseconds since 1970.
    EpochMillis,
    /// Of a number: digits with the calling code and without a plus.
    International,
    /// Of a carrier: a mobile country code, its network code beside it.
    Mcc,
    /// Of a carrier: a mobile network code, as text with its width or not.
    Mnc,
    /// Of a carrier: both codes in one, `23415`.
    MccMnc,
    /// Of an account: what stands behind `/Account/` in an address.
    AccountInUri,
}

/// A line of a format's table: a field, the names its column may have, and how
/// its cells are read.
pub(super) type Line = (Field, &'static [&'static str], Reads);

impl Shape {
    /// A shape of these columns: a number and a time are required, and tell the
    /// format.
    pub(super) fn new(format: Format, written: Written, columns: Vec<Column>) -> Self {
        Self {
            format,
            written,
            columns,
            required: vec![Field::Number, Field::SentAt],
            marks: vec![Field::Number, Field::SentAt],
            kind: None,
            kinds: Vec::new(),
        }
    }

    pub(super) fn of_table(format: Format, written: Written, table: &[Line]) -> Self {
        let columns = table.iter().map(|(field, names, reads)| Column {
            field: *field,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            reads: *reads,
        });
        Self::new(format, written, columns.collect())
    }

    /// The kind of messages of which the file does not say it.
    pub(super) fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// The column of a delimited file with this name.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        let folded = fold(name);
        self.columns
            .iter()
            .find(|column| column.names.contains(&folded))
    }

    /// True if the columns that are there are those by which the format is
    /// known.
    pub(super) fn fits(&self, there: impl Fn(Field) -> bool) -> bool {
        self.marks.iter().all(|field| there(*field))
    }
}

/// A column's name without case, spaces, underscores and hyphens.
pub(super) fn fold(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '_' && *c != '-');
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::content::is_content;
    use crate::ingest::formats;
    use crate::ingest::json_path::JsonPath;

    #[test]
    fn no_format_reads_content_or_gives_a_name_to_two_columns() {
        for format in Format::ALL {
            let shape = formats::shape(format);
            assert_eq!(shape.format, format);
            let columns = shape.columns.iter();
            let names: Vec<_> = columns
                .flat_map(|column| column.names.iter().map(|name| (column.field, name)))
                .collect();
            for named in &names {
                let twice = names.iter().filter(|other| other == &named).count();
                assert_eq!(twice, 1, "{named:?}");
                let path = JsonPath::parse(named.1);
                assert!(!is_content(named.1) && !path.holds_content(), "{named:?}");
                if shape.written == Written::Delimited {
                    assert_eq!(&fold(named.1), named.1);
                    assert_eq!(names.iter().filter(|other| other.1 == named.1).count(), 1);
                }
            }
        }
    }
}
