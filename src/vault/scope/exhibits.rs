//! The exhibits of a case, as their descriptions tell of them, and what one has
//! that another has not.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DifferenceView, Scope};
use crate::domain::schema::{Digest, FormatName};
use crate::domain::{ExhibitId, Moment, words};
use crate::policy::Action;
use crate::vault::error::{DataRefusal, OperationError};
use crate::vault::exhibits::description::open_description;
use crate::vault::records::Shown;
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
    /// The id of the exhibit.
    #[schema(value_type = ExhibitId)]
    pub exhibit: String,
    /// Whether it counts.
    pub state: ExhibitState,
    /// When it was withdrawn, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub withdrawn_at: Option<Moment>,
    /// What people call it.
    pub name: Option<String>,
    /// Where it came from.
    pub source: Option<String>,
    /// The format it was read as.
    #[schema(value_type = FormatName)]
    pub format: String,
    /// The mapping it was read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub mapping: Option<String>,
    /// When it became visible.
    pub admitted_at: Moment,
    /// Rows read: admitted, duplicates and quarantined together. This and the counts below are rounded
    /// for a custodian who did not admit it.
    pub rows: Shown,
    /// Rows that became records.
    pub admitted: Shown,
    /// Rows left out because an earlier row is the same message.
    pub duplicates: Shown,
    /// Rows that could not be admitted.
    pub quarantined: Shown,
    /// Distinct numbers.
    pub numbers: Shown,
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
                let [rows, admitted, duplicates, quarantined, numbers] = [
                    description.rows,
                    description.admitted,
                    description.duplicates,
                    description.quarantined,
                    u64::from(description.numbers),
                ]
                .map(|count| self.told_of(&description, count));
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
                    rows,
                    admitted,
                    duplicates,
                    quarantined,
                    numbers,
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
    ) -> Result<DifferenceView, OperationError> {
        let records = self.records()?;
        let this = records.exhibit(exhibit).ok_or(OperationError::NotFound)?;
        let other = records
            .exhibit(against)
            .ok_or_else(|| DataRefusal::NoOtherExhibit.at("against"))?;
        let difference = records.difference(this, other)?;
        self.note_rows(difference.accounts.len() as u64);
        Ok(DifferenceView::of(self, difference))
    }
}
