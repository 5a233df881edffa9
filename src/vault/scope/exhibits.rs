//! The exhibits of a case, as their descriptions tell of them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use crate::domain::Moment;
use crate::policy::Action;
use crate::vault::exhibits::open_description;
use crate::vault::operation::OperationError;
use crate::vault::store::exhibit_rows;

/// An admitted exhibit.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExhibitView {
    pub exhibit: String,
    pub name: Option<String>,
    pub source: Option<String>,
    pub format: String,
    /// The mapping it was read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    #[schema(value_type = String)]
    pub admitted_at: Moment,
    pub rows: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    pub numbers: u32,
    /// Base64 of SHA-256 over the file as received.
    pub digest: String,
}

impl<A: Action> Scope<'_, A> {
    /// The admitted exhibits of the case in the order of their admission.
    pub fn list_exhibits(&mut self) -> Result<Vec<ExhibitView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        exhibit_rows::list(self.connection, case.number)?
            .iter()
            .map(|row| {
                let description = open_description(self.core, &keys, row)?;
                Ok(ExhibitView {
                    exhibit: row.id.to_string(),
                    name: description.name,
                    source: description.source,
                    format: description.format,
                    mapping: description.mapping,
                    admitted_at: row.admitted_at,
                    rows: description.rows,
                    admitted: description.admitted,
                    duplicates: description.duplicates,
                    quarantined: description.quarantined,
                    numbers: description.numbers,
                    digest: description.digest,
                })
            })
            .collect()
    }
}
