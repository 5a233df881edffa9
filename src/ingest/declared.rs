//! What the caller declares about a file.

use super::column_name::fold;
use super::csv::quotes::Quotes;
use super::mapping::column::ColumnMapping;
use super::mapping::meaning::Mapping;
use super::times::zone::Zone;
use crate::domain::country_code::calling_code_of;
use crate::domain::{AccountName, Format};
use crate::vault::plaintext::Region;

/// Values for all records of the file that have none of their own.
#[derive(Clone, Default)]
pub struct Declared {
    /// The file's format; `None` to detect it.
    pub format: Option<Format>,
    /// The zone of times that have none.
    pub zone: Option<Zone>,
    /// The account of records that have none.
    pub account: Option<AccountName>,
    /// The fields of columns whose names the format does not know.
    pub columns: Vec<ColumnMapping>,
    /// The meaning of all columns, in place of a format.
    pub mapping: Option<Mapping>,
    /// How quotes in a delimited file are read.
    pub quotes: Quotes,
    /// The sheet of a workbook; `None` for the first one.
    pub sheet: Option<String>,
    /// The region of numbers without a calling code. The vault reads them; here it only says that there is one.
    pub region: Option<Region>,
    /// Names of columns that are not read although they look like something that should be.
    pub drop: Vec<String>,
}

impl Declared {
    /// Whether numbers without a plus are read as those of one country.
    pub(super) fn is_of_one_country(&self) -> bool {
        let mapped = self.mapping.as_ref();
        self.region.is_some() || mapped.is_some_and(|mapping| mapping.constants.country.is_some())
    }

    /// The calling code of the country that numbers without a plus are of, if one was declared.
    pub(super) fn calling_code(&self) -> Option<u16> {
        let mapped = self.mapping.as_ref();
        let mapped = mapped.and_then(|mapping| mapping.constants.country);
        match self.region {
            Some(region) => calling_code_of(&region.to_string()),
            None => mapped.and_then(calling_code_of),
        }
    }

    /// Whether the column is not to be read.
    pub(super) fn drops(&self, name: &str) -> bool {
        let mut dropped = self.drop.iter();
        dropped.any(|dropped| fold(dropped) == fold(name))
    }

    /// Whether a column of this name is mapped or dropped.
    pub(super) fn names(&self, name: &str) -> bool {
        let mapped = self.mapping.iter().flat_map(|mapping| &mapping.columns);
        let mut mapped = mapped.map(|mapped| &mapped.column).chain(&self.columns);
        mapped.any(|column| column.names(name)) || self.drops(name)
    }

    /// The zone of times that have none: that of the mapping, or else the declared one.
    pub fn zone(&self) -> Option<&Zone> {
        let mapped = self.mapping.as_ref();
        mapped
            .and_then(|mapping| mapping.zone.as_ref())
            .or(self.zone.as_ref())
    }
}
