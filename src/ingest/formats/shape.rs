//! What a format is: how the file is written, which names its columns have, and which field each
//! column holds.
//!
//! A shape is built when a file is opened: for a named format from its file in this folder, else
//! from a mapping. It holds names and no cells.

use crate::domain::{Field, Format};
use crate::ingest::column_name::fold;
use crate::ingest::rows::country::Digits;

/// A format, as the reader of a file needs it.
#[derive(Clone)]
pub(in crate::ingest) struct Shape {
    pub(in crate::ingest) format: Format,
    pub(in crate::ingest) syntax: Syntax,
    /// Where two columns hold one field, the first that is not blank counts.
    pub(in crate::ingest) columns: Vec<Column>,
    /// Fields that must have a column. A declared account needs none.
    pub(in crate::ingest) required: Vec<Field>,
    /// Fields whose columns identify the format: a file that has all of them may be of it.
    pub(in crate::ingest) marks: Vec<Field>,
    /// The kind of every message, if the format has no column for it.
    pub(in crate::ingest) kind: Option<String>,
    /// Pairs of what a cell of the kind's column may begin with, and the kind this means. A record
    /// with any other cell is not a message. Empty if the cell is the kind.
    pub(in crate::ingest) kinds: Vec<(String, String)>,
    /// What digits alone in the column of countries are.
    pub(in crate::ingest) country_digits: Digits,
}

/// How the records of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Syntax {
    Delimited,
    Json,
}

/// A field and the names its column may have: folded names for delimited files, paths (see
/// `json::path`) for JSON.
#[derive(Clone)]
pub(in crate::ingest) struct Column {
    pub(in crate::ingest) field: Field,
    pub(in crate::ingest) names: Vec<String>,
    pub(in crate::ingest) reads: Reads,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Reads {
    /// As text.
    Text,
    /// A time: seconds since 1970, with or without a fraction.
    EpochSeconds,
    /// A time: milliseconds since 1970.
    EpochMillis,
    /// A time: microseconds since 1970.
    EpochMicros,
    /// A time: nanoseconds since 1970.
    EpochNanos,
    /// A time: its day, if its time of day is in another column.
    Day,
    /// A time: its time of day, if its day is in another column.
    Clock,
    /// A number: the format is documented to have international digits, with or without a plus.
    International,
    /// A carrier: a mobile country code; the network code is in another column.
    Mcc,
    /// A carrier: a mobile network code, with or without leading zeros.
    Mnc,
    /// A carrier: both codes in one cell, `23415`.
    MccMnc,
    /// An account: the part of an address after `/Account/`.
    AccountInUri,
    /// A channel, if the record names no other: whether the owner of the log sent the message or
    /// received it.
    Direction,
}

/// A line of a format's table: a field, the names its column may have, and how its cells are
/// read.
pub(in crate::ingest) type TableLine = (Field, &'static [&'static str], Reads);

impl Shape {
    /// A shape with these columns. The number and the time are required and identify the format.
    pub(in crate::ingest) fn new(format: Format, syntax: Syntax, columns: Vec<Column>) -> Self {
        Self {
            format,
            syntax,
            columns,
            required: vec![Field::Number, Field::SentAt],
            marks: vec![Field::Number, Field::SentAt],
            kind: None,
            kinds: Vec::new(),
            country_digits: Digits::Either,
        }
    }

    /// A shape with the columns of a format's table.
    pub(in crate::ingest) fn of_table(format: Format, syntax: Syntax, table: &[TableLine]) -> Self {
        let columns = table.iter().map(|(field, names, reads)| Column {
            field: *field,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            reads: *reads,
        });
        Self::new(format, syntax, columns.collect())
    }

    /// Sets the kind of every message.
    pub(in crate::ingest) fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// Makes it a format of events: they are identified by their time and type, and the type says
    /// the kind. See `kinds`.
    pub(in crate::ingest) fn events(mut self, kinds: &[(&str, &str)]) -> Self {
        self.marks = vec![Field::SentAt, Field::Kind];
        self.kinds(kinds)
    }

    /// Sets what the cells of the kind's column may begin with. See `kinds`.
    pub(in crate::ingest) fn kinds(mut self, kinds: &[(&str, &str)]) -> Self {
        let kinds = kinds.iter();
        self.kinds = kinds
            .map(|(begins, kind)| ((*begins).to_owned(), (*kind).to_owned()))
            .collect();
        self
    }

    /// Adds the other spelling of each name: `dateSent` to `date_sent`, and the other way round.
    /// The suppliers' libraries rename the members of records.
    pub(in crate::ingest) fn in_both_spellings(mut self) -> Self {
        for column in &mut self.columns {
            let others = column.names.iter().map(|name| other_spelling(name));
            let mut others: Vec<_> = others.collect();
            others.retain(|other| !column.names.contains(other));
            column.names.append(&mut others);
        }
        self
    }

    /// The column of a delimited file with this name.
    pub(in crate::ingest) fn column(&self, name: &str) -> Option<&Column> {
        let folded = fold(name);
        self.columns
            .iter()
            .find(|column| column.names.contains(&folded))
    }

    /// Whether a path of JSON is one of the columns.
    pub(in crate::ingest) fn reads(&self, path: &str) -> bool {
        let mut names = self.columns.iter().flat_map(|column| &column.names);
        names.any(|name| name == path)
    }

    /// True if the file has the columns that identify the format; `there` says which fields have
    /// a column.
    pub(in crate::ingest) fn fits(&self, there: impl Fn(Field) -> bool) -> bool {
        self.marks.iter().all(|field| there(*field))
    }
}

/// `dateSent` for `date_sent`, and the other way round.
fn other_spelling(name: &str) -> String {
    let mut other = String::with_capacity(name.len() + 4);
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            _ if std::mem::take(&mut upper) => other.push(c.to_ascii_uppercase()),
            _ if c.is_ascii_uppercase() => other.extend(['_', c.to_ascii_lowercase()]),
            _ => other.push(c),
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::formats;
    use crate::ingest::guard::columns::is_content;
    use crate::ingest::json::path::JsonPath;

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
                if shape.syntax == Syntax::Delimited {
                    assert_eq!(&fold(named.1), named.1);
                    assert_eq!(names.iter().filter(|other| other.1 == named.1).count(), 1);
                }
            }
        }
    }

    #[test]
    fn names_have_two_spellings() {
        for (name, other) in [
            ("date_sent", "dateSent"),
            ("destinationTn", "destination_tn"),
            (
                "recipients.items[].recipient",
                "recipients.items[].recipient",
            ),
            ("sid", "sid"),
        ] {
            assert_eq!(other_spelling(name), other);
            assert_eq!(other_spelling(other), name);
        }
    }
}
