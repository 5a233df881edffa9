//! What a format is: which names its columns have and what is in them.

use crate::domain::{Field, Format};

use super::{duo_v1, duo_v2, mapped, supplier_csv, twilio_csv};

pub(super) struct Shape {
    pub(super) format: Format,
    pub(super) written: Written,
    /// Where two columns hold one field, the first that is there counts.
    pub(super) columns: &'static [Column],
    /// Fields without which the file cannot be read. An account that is
    /// declared need not be in the file.
    pub(super) required: &'static [Field],
    /// The kind of every message, if the file has no column for it.
    pub(super) kind: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Delimited,
    Json,
}

/// A field and the names its column may have: folded for delimited files,
/// exact for JSON.
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) names: &'static [&'static str],
    pub(super) reads: Reads,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Text,
    EpochSeconds,
}

pub(super) const fn text(field: Field, names: &'static [&'static str]) -> Column {
    Column {
        field,
        names,
        reads: Reads::Text,
    }
}

impl Shape {
    pub(super) const ALL: [&'static Self; 4] = [
        &supplier_csv::SHAPE,
        &duo_v1::SHAPE,
        &duo_v2::SHAPE,
        &twilio_csv::SHAPE,
    ];

    pub(super) fn of(format: Format) -> &'static Self {
        match format {
            Format::SupplierCsv => &supplier_csv::SHAPE,
            Format::DuoV1 => &duo_v1::SHAPE,
            Format::DuoV2 => &duo_v2::SHAPE,
            Format::TwilioCsv => &twilio_csv::SHAPE,
            Format::Mapped => &mapped::CSV,
        }
    }

    /// The field a column of this name holds.
    pub(super) fn field(&self, name: &str) -> Option<Field> {
        let folded = fold(name);
        let mut columns = self.columns.iter();
        let holds = match self.written {
            Written::Delimited => columns.find(|column| column.names.contains(&folded.as_str())),
            Written::Json => columns.find(|column| column.names.contains(&name)),
        };
        holds.map(|column| column.field)
    }

    /// True if these names hold a number and a time, without which nothing is
    /// a log of messages.
    pub(super) fn fits<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> bool {
        [Field::Number, Field::SentAt]
            .iter()
            .all(|field| names.clone().any(|name| self.field(name) == Some(*field)))
    }
}

/// A column's name without case, spaces, underscores and hyphens.
pub(super) fn fold(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '_' && *c != '-');
    kept.flat_map(char::to_lowercase).collect()
}

/// True if a column of this name holds what a message says.
pub(super) fn is_content(name: &str) -> bool {
    CONTENT.contains(&fold(name).as_str())
}

const CONTENT: [&str; 18] = [
    "body",
    "content",
    "contents",
    "message",
    "messagebody",
    "messagecontent",
    "messagecontents",
    "messagetext",
    "msg",
    "msgbody",
    "msgtext",
    "payload",
    "smsbody",
    "smscontent",
    "smstext",
    "text",
    "textbody",
    "textmessage",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_reads_content_or_gives_a_name_to_two_fields() {
        for shape in Shape::ALL {
            let names: Vec<_> = shape
                .columns
                .iter()
                .flat_map(|column| column.names)
                .collect();
            for name in &names {
                assert!(!is_content(name), "{name}");
                assert_eq!(
                    names.iter().filter(|other| other == &name).count(),
                    1,
                    "{name}"
                );
                if shape.written == Written::Delimited {
                    assert_eq!(&fold(name), *name);
                }
            }
            assert_eq!(Shape::of(shape.format).format, shape.format);
        }
    }

    #[test]
    fn content_is_known_however_it_is_spelled() {
        for name in [
            "Body",
            "message_body",
            "SMS Text",
            "message-text",
            "CONTENT",
        ] {
            assert!(is_content(name), "{name}");
        }
        for name in ["message_id", "message_type", "textual", "somebody"] {
            assert!(!is_content(name), "{name}");
        }
    }
}
