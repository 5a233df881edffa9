//! Which counts a custodian gets. A custodian chooses the files it admits and never looks anybody up, so what it is
//! told follows from one file at a time: exact counts of the files it admitted, and rounded ones of others. What
//! compares a file with the case, or counts over more than one file, it does not get at all; rounding would not do,
//! because who adds numbers one by one finds where a rounded count turns.

use super::Reading;
use crate::domain::CaseRole;
use crate::vault::exhibits::description::ExhibitDescription;
use crate::vault::records::{Shown, protect};

impl Reading<'_> {
    /// Whether the caller may know counts of what is in the case.
    pub(in crate::vault) fn knows_counts(&self) -> bool {
        self.grant.role() != Some(CaseRole::Custodian)
    }

    /// A count that follows from the file of one exhibit alone, as the caller may see it.
    pub(in crate::vault) fn told_of(&self, exhibit: &ExhibitDescription, count: u64) -> Shown {
        match self.knows_counts() || self.admitted(exhibit) {
            true => Shown::Number(count),
            false => protect(count, self.core.settings.protected_threshold),
        }
    }

    /// Whether the caller admitted the exhibit.
    pub(in crate::vault) fn admitted(&self, exhibit: &ExhibitDescription) -> bool {
        let operator = self.caller.operator_id().map(|id| id.as_str());
        operator == Some(exhibit.admitted_by.as_str())
    }
}
