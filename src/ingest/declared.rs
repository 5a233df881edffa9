//! What the person who admits a file says about it.

use super::mapping::column::ColumnMapping;
use super::mapping::meaning::Mapping;
use super::times::zone::Zone;
use crate::domain::{AccountName, Format};

/// What holds for all records of the file that do not say it themselves.
#[derive(Clone, Default)]
pub struct Declared {
    /// The file's format; `None` to detect it.
    pub format: Option<Format>,
    /// The zone of times that name none.
    pub zone: Option<Zone>,
    /// The account of records that name none.
    pub account: Option<AccountName>,
    /// Columns whose names the format does not know.
    pub columns: Vec<ColumnMapping>,
    /// What all columns mean, in place of a format.
    pub mapping: Option<Mapping>,
}

impl Declared {
    /// The zone of times that name none; the mapping's zone goes before the declared one.
    pub fn zone(&self) -> Option<&Zone> {
        let mapped = self.mapping.as_ref();
        mapped
            .and_then(|mapping| mapping.zone.as_ref())
            .or(self.zone.as_ref())
    }
}
