//! What the caller declares about a file.

use super::csv::quotes::Quotes;
use super::mapping::column::ColumnMapping;
use super::mapping::meaning::Mapping;
use super::times::zone::Zone;
use crate::domain::{AccountName, Format};

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
}

impl Declared {
    /// The zone of times that have none: that of the mapping, or else the declared one.
    pub fn zone(&self) -> Option<&Zone> {
        let mapped = self.mapping.as_ref();
        mapped
            .and_then(|mapping| mapping.zone.as_ref())
            .or(self.zone.as_ref())
    }
}
