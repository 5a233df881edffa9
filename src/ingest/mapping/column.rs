//! One column that somebody mapped to a field.

use crate::domain::Field;
use crate::domain::invisible::trim;
use crate::ingest::column_name::fold;
use crate::ingest::error::IngestError;
use crate::ingest::guard::columns::is_content;
use crate::ingest::json::path::JsonPath;

/// A column of the file, or in JSON a path, and the field it holds. It replaces the names that
/// the format knows for that field.
#[derive(Clone)]
pub struct ColumnMapping {
    field: Field,
    column: String,
}

impl ColumnMapping {
    /// Maps a column to a field.
    ///
    /// # Errors
    ///
    /// `ContentColumn` if the column's name says that it holds message content, `NotRead` if
    /// the field is computed and not read.
    pub fn new(field: Field, column: &str) -> Result<Self, IngestError> {
        let column = trim(column).to_owned();
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

    pub(in crate::ingest) fn field(&self) -> Field {
        self.field
    }

    pub(in crate::ingest) fn column(&self) -> &str {
        &self.column
    }

    /// True if a column of a delimited file has this name.
    pub(in crate::ingest) fn names(&self, header: &str) -> bool {
        fold(header) == fold(&self.column)
    }
}
