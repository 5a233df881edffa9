//! The admission that is under way in a case: how far it is, and its end before
//! its time. Sees ids, counts and times, no row.

use super::Scope;
use crate::policy::actions;
use crate::vault::error::OperationError;
use crate::vault::exhibits::under_way::{AdmissionView, Cancellation};

impl Scope<'_, actions::ReadAdmission> {
    /// The progress of the case's admission, or that there is none. How large another one's file is, a custodian is not
    /// told.
    pub fn read_admission(&mut self) -> Result<AdmissionView, OperationError> {
        let case = &self.case_row()?.id;
        let facts = self.core.admissions.facts(case, self.caller);
        let is_own = facts.is_some_and(|facts| facts.asked_by_caller);
        let view = self
            .core
            .admissions
            .view(case, self.knows_counts() || is_own);
        if let AdmissionView::UnderWay(under_way) = &view {
            self.notes.object = Some(under_way.admission.exhibit.to_string());
        }
        Ok(view)
    }
}

impl Scope<'_, actions::CancelAdmission> {
    /// What cancels it once this act's leaf is durable; nothing if there is no
    /// admission under way.
    pub fn cancel_admission(&mut self) -> Result<Option<Cancellation>, OperationError> {
        let cancellation = self.core.admissions.cancellation(&self.case_row()?.id);
        if let Some(cancellation) = &cancellation {
            self.notes.object = Some(cancellation.exhibit().to_string());
        }
        Ok(cancellation)
    }
}
