//! The content of a mapping: the field of each column, how it is read, and values for all records. A
//! column that it does not name is not read.
//!
//! Holds names of columns and constant values, no cell.

use super::column::ColumnMapping;
use crate::domain::{AccountName, Field, Format, words};
use crate::ingest::column_name::fold;
use crate::ingest::formats::shape::{Column, Reads, Shape, Syntax};
use crate::ingest::times::form::TimeForm;
use crate::ingest::times::zone::Zone;

/// What the columns of a file mean, as somebody wrote it down in TOML (`docs/mapping.md`).
#[derive(Clone)]
pub struct Mapping {
    pub(in crate::ingest) container: Container,
    pub(in crate::ingest) zone: Option<Zone>,
    pub(in crate::ingest) columns: Vec<MappedColumn>,
    pub(in crate::ingest) time: TimeForm,
    pub(in crate::ingest) country_form: CountryForm,
    pub(in crate::ingest) constants: Constants,
}

words! {
    /// How the file is written, in the mapping's words.
    pub(in crate::ingest) enum Container {
        Csv => "csv",
        Json => "json",
        Ndjson => "ndjson",
    }
}

/// How countries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum CountryForm {
    Any,
    Alpha2,
    Alpha3,
    Name,
}

/// A column and how its cells are read.
#[derive(Clone)]
pub(in crate::ingest) struct MappedColumn {
    pub(in crate::ingest) column: ColumnMapping,
    pub(in crate::ingest) reads: Reads,
}

/// Values for records that have none of their own.
#[derive(Clone, Default)]
pub(in crate::ingest) struct Constants {
    pub(in crate::ingest) account: Option<AccountName>,
    pub(in crate::ingest) country: Option<&'static str>,
    pub(in crate::ingest) kind: Option<String>,
    pub(in crate::ingest) channel: Option<String>,
}

impl Mapping {
    /// The longest text of a mapping, in bytes.
    pub const BYTES: usize = 16 << 10;

    /// True if it declares the zone of times that name none.
    pub fn names_a_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// True if it declares the account of records that name none.
    pub fn names_an_account(&self) -> bool {
        self.constants.account.is_some()
    }

    /// The name of a column as it was written that folds to this.
    pub(in crate::ingest) fn column_folded_as(&self, folded: &str) -> Option<&str> {
        let mut names = self.columns.iter().map(|mapped| mapped.column.column());
        names.find(|name| fold(name) == folded)
    }

    /// The shape of the file.
    pub(in crate::ingest) fn shape(&self) -> Shape {
        let syntax = self.container.syntax();
        let clock = self.columns.iter().any(|one| one.reads == Reads::Clock);
        let columns = self.columns.iter().map(|mapped| {
            let name = mapped.column.column();
            Column {
                field: mapped.column.field(),
                names: vec![match syntax {
                    Syntax::Delimited => fold(name),
                    Syntax::Json => name.to_owned(),
                }],
                reads: match mapped.reads {
                    Reads::Text if clock && mapped.column.field() == Field::SentAt => Reads::Day,
                    reads => reads,
                },
            }
        });
        Shape::new(Format::Mapped, syntax, columns.collect())
    }
}

impl Container {
    pub(in crate::ingest) fn syntax(self) -> Syntax {
        match self {
            Self::Csv => Syntax::Delimited,
            Self::Json | Self::Ndjson => Syntax::Json,
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

    /// True if the cell has the length of a country in this form.
    pub(in crate::ingest) fn fits(self, cell: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Alpha2 => cell.len() == 2,
            Self::Alpha3 => cell.len() == 3,
            Self::Name => cell.len() > 3,
        }
    }
}

impl Constants {
    /// The value for a field, as text.
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
