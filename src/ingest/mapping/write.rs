//! Writing a mapping as TOML, always in the same spelling.

use std::fmt::Write as _;

use super::meaning::{MappedColumn, Mapping};
use crate::domain::Field;
use crate::ingest::formats::shape::Reads;
use crate::ingest::rows::cells::FIELDS;

impl Mapping {
    /// The mapping as text. Equal mappings give the same text, however they were written. Reading
    /// the text gives the same mapping again. It is kept with the exhibit.
    pub fn text(&self) -> String {
        let mut text = format!("container = {}\n", quoted(self.container.as_str()));
        for field in FIELDS {
            let column = |of: fn(Reads) -> bool| {
                let mut columns = self.columns.iter();
                let found = columns.find(|one| one.column.field() == field && of(one.reads));
                found.map(|one| one.column.column().to_owned())
            };
            let lines = [
                (
                    "column",
                    column(|reads| !matches!(reads, Reads::Mcc | Reads::Mnc | Reads::Clock)),
                ),
                ("mcc", column(|reads| reads == Reads::Mcc)),
                ("mnc", column(|reads| reads == Reads::Mnc)),
                ("time_column", column(|reads| reads == Reads::Clock)),
                ("value", self.constants.of(field).map(str::to_owned)),
                ("form", self.form(field).map(str::to_owned)),
                ("time", self.time_of(field)),
                ("zone", self.zone_of(field)),
            ];
            if lines.iter().all(|(_, value)| value.is_none()) {
                continue;
            }
            let _ = writeln!(text, "\n[{}]", field.label());
            for (key, value) in lines {
                if let Some(value) = value {
                    let _ = writeln!(text, "{key} = {}", quoted(&value));
                }
            }
        }
        text
    }

    fn form(&self, field: Field) -> Option<&'static str> {
        match field {
            Field::Country => self.country_form.as_str(),
            Field::Carrier => {
                let joined = |one: &MappedColumn| one.reads == Reads::MccMnc;
                self.columns.iter().any(joined).then_some("mcc-mnc")
            }
            Field::Number => {
                let international = |one: &MappedColumn| one.reads == Reads::International;
                let any = self.columns.iter().any(international);
                any.then_some("international")
            }
            _ => None,
        }
    }

    fn time_of(&self, field: Field) -> Option<String> {
        self.time.text().filter(|_| field == Field::SentAt)
    }

    fn zone_of(&self, field: Field) -> Option<String> {
        let zone = self.zone.as_ref().filter(|_| field == Field::SentAt)?;
        Some(zone.name().to_owned())
    }
}

/// A TOML string in double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // `parse` refuses control characters; one would still not break the text.
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
