//! What somebody says about a file before it is read.

use super::content::is_content;
use super::error::IngestError;
use super::json_path::JsonPath;
use super::mapping::Mapping;
use super::shape::fold;
use super::zone::Zone;
use crate::domain::{AccountName, Field, Format};

/// What holds of the whole file where its records do not say.
#[derive(Default)]
pub struct Declared {
    /// None: find out.
    pub format: Option<Format>,
    /// The zone of times that name none.
    pub zone: Option<Zone>,
    /// The account of records that name none.
    pub account: Option<AccountName>,
    /// Columns the format does not know by these names.
    pub columns: Vec<ColumnMapping>,
    /// What all columns mean, in place of a format.
    pub mapping: Option<Mapping>,
}

impl Declared {
    /// The zone of times that name none.
    pub fn zone(&self) -> Option<&Zone> {
        let mapped = self.mapping.as_ref();
        mapped
            .and_then(|mapping| mapping.zone.as_ref())
            .or(self.zone.as_ref())
    }
}

/// A column of the file that holds a field. It takes the place of the names
/// the format knows for that field.
pub struct ColumnMapping {
    field: Field,
    column: String,
}

impl ColumnMapping {
    /// Refuses a column that by its name holds message content, and a field
    /// that is worked out rather than read.
    pub fn new(field: Field, column: &str) -> Result<Self, IngestError> {
        let column = column.trim().to_owned();
        if is_content(&column) || JsonPath::parse(&column).holds_content() {
            return Err(IngestError::ContentColumn { column });
        }
        match field {
            Field::CountryBasis | Field::StateBasis | Field::TimeBasis | Field::AreaState => {
                Err(IngestError::NotRead {
                    field: field.label(),
                })
            }
            _ => Ok(Self { field, column }),
        }
    }

    pub(super) fn field(&self) -> Field {
        self.field
    }

    pub(super) fn column(&self) -> &str {
        &self.column
    }

    pub(super) fn names(&self, header: &str) -> bool {
        fold(header) == fold(&self.column)
    }
}
