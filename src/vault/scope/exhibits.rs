//! The exhibits of a case, as their descriptions tell of them, and what one has
//! that another has not.

use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use crate::domain::schema::{Digest, FormatName};
use crate::domain::{ExhibitId, Moment, words};
use crate::policy::Action;
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::records::Difference;
use crate::vault::store::exhibit_rows;

words! {
    /// Whether an exhibit counts.
    pub enum ExhibitState {
        /// It counts.
        Admitted => "admitted",
        /// It counts no more.
        Withdrawn => "withdrawn",
    }
}

/// An admitted exhibit; one that was withdrawn is listed and counts no more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exhibit)]
pub struct ExhibitView {
    #[schema(value_type = ExhibitId)]
    pub exhibit: String,
    pub state: ExhibitState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub withdrawn_at: Option<Moment>,
    pub name: Option<String>,
    pub source: Option<String>,
    #[schema(value_type = FormatName)]
    pub format: String,
    /// The mapping it was read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mapping: Option<String>,
    pub admitted_at: Moment,
    pub rows: u64,
    pub admitted: u64,
    pub duplicates: u64,
    pub quarantined: u64,
    pub numbers: u32,
    /// Base64 of SHA-256 over the file as received.
    #[schema(value_type = Digest)]
    pub digest: String,
}

impl<A: Action> Scope<'_, A> {
    /// The admitted exhibits of the case in the order of their admission.
    pub fn list_exhibits(&mut self) -> Result<Vec<ExhibitView>, OperationError> {
        let case = self.case_row()?;
        let keys = self.core.case_keys(&case.id)?;
        exhibit_rows::list_all(self.connection, case.number)?
            .iter()
            .map(|row| {
                let description = open_description(&keys, row)?;
                Ok(ExhibitView {
                    exhibit: row.id.to_string(),
                    state: match row.withdrawn {
                        Some(_) => ExhibitState::Withdrawn,
                        None => ExhibitState::Admitted,
                    },
                    withdrawn_at: row.withdrawn.map(|withdrawn| withdrawn.at),
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

    /// What `exhibit` has that `against` has not, and the other way round.
    pub fn compare_exhibits(
        &mut self,
        exhibit: &ExhibitId,
        against: &ExhibitId,
    ) -> Result<Difference, OperationError> {
        let records = self.records()?;
        let this = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
        let other = records
            .exhibit(against)
            .filter(|other| other.id != this.id)
            .ok_or_else(|| DataRefusal::NoOtherExhibit.at("against"))?;
        let difference = records.difference(this, other)?;
        self.note_rows(difference.accounts.len() as u64);
        Ok(difference)
    }
}
