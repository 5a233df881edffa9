//! A mapping: what the columns of a file of no known format mean, as somebody
//! wrote it down in TOML. A column that it does not name is not read.
//!
//! Sees names of columns and constant values, no cell. The text of a mapping
//! is kept with the exhibit: `text` writes it in one way, whoever wrote it.

use std::fmt::Write as _;

use super::cells::FIELDS;
use super::declared::ColumnMapping;
use super::error::IngestError;
use super::mapping_toml;
use super::shape::{Column, Reads, Shape, Written, fold};
use super::time_form::TimeForm;
use super::zone::Zone;
use crate::domain::{AccountName, Field, Format, words};

/// What a file without a known format holds, and where.
#[derive(Clone)]
pub struct Mapping {
    pub(super) container: Container,
    pub(super) zone: Option<Zone>,
    pub(super) columns: Vec<Mapped>,
    pub(super) time: TimeForm,
    pub(super) country_form: CountryForm,
    pub(super) constants: Constants,
}

words! {
    /// How the file is written.
    pub(super) enum Container {
        Csv => "csv",
        Json => "json",
        Ndjson => "ndjson",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountryForm {
    Any,
    Alpha2,
    Alpha3,
    Name,
}

/// A column, and how a carrier or a time in it is read.
#[derive(Clone)]
pub(super) struct Mapped {
    pub(super) column: ColumnMapping,
    pub(super) reads: Reads,
}

/// Values of records that name none.
#[derive(Clone, Default)]
pub(super) struct Constants {
    pub(super) account: Option<AccountName>,
    pub(super) country: Option<&'static str>,
    pub(super) kind: Option<String>,
    pub(super) channel: Option<String>,
}

impl Mapping {
    /// The most that the text of a mapping may hold.
    pub const BYTES: usize = 16 << 10;

    pub fn parse(text: &str) -> Result<Self, IngestError> {
        mapping_toml::read(text)
    }

    /// True if it says in which zone times without one are.
    pub fn names_a_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// True if it says to which account records without one belong.
    pub fn names_an_account(&self) -> bool {
        self.constants.account.is_some()
    }

    /// The shape of a file of which this is known.
    pub(super) fn shape(&self) -> Shape {
        let written = self.container.written();
        let columns = self.columns.iter().map(|mapped| {
            let name = mapped.column.column();
            Column {
                field: mapped.column.field(),
                names: vec![match written {
                    Written::Delimited => fold(name),
                    Written::Json => name.to_owned(),
                }],
                reads: mapped.reads,
            }
        });
        Shape::new(Format::Mapped, written, columns.collect())
    }

    /// What it says, written in one way.
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
                    column(|reads| !matches!(reads, Reads::Mcc | Reads::Mnc)),
                ),
                ("mcc", column(|reads| reads == Reads::Mcc)),
                ("mnc", column(|reads| reads == Reads::Mnc)),
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
                let joined = |one: &Mapped| one.reads == Reads::MccMnc;
                self.columns.iter().any(joined).then_some("mcc-mnc")
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

impl Container {
    pub(super) fn written(self) -> Written {
        match self {
            Self::Csv => Written::Delimited,
            Self::Json | Self::Ndjson => Written::Json,
        }
    }
}

impl CountryForm {
    pub(super) const ALL: [Self; 3] = [Self::Alpha2, Self::Alpha3, Self::Name];

    pub(super) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Alpha2 => Some("alpha2"),
            Self::Alpha3 => Some("alpha3"),
            Self::Name => Some("name"),
        }
    }

    /// True if a country may be written like this.
    pub(super) fn fits(self, cell: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Alpha2 => cell.len() == 2,
            Self::Alpha3 => cell.len() == 3,
            Self::Name => cell.len() > 3,
        }
    }
}

impl Constants {
    pub(super) fn of(&self, field: Field) -> Option<&str> {
        match field {
            Field::Account => self.account.as_ref().map(AccountName::as_str),
            Field::Country => self.country,
            Field::Kind => self.kind.as_deref(),
            Field::Channel => self.channel.as_deref(),
            _ => None,
        }
    }
}

/// A TOML text in double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            // None is let in; written so that one would not break the text.
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
