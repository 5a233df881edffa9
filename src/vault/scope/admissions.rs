//! The admission that is under way in a case: how far it is, and its end before
//! its time. Sees ids, counts and times, no row.

use super::Scope;
use crate::domain::CaseRole;
use crate::policy::actions;
use crate::vault::error::OperationError;
use crate::vault::exhibits::under_way::{AdmissionUnderWay, AdmissionView, Cancellation};

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

impl Scope<'_, actions::ListExhibits> {
    /// The admission that is under way in the case, for the list of its exhibits. Its counts are for those who may
    /// watch and cancel it: leads, and the custodian who began it.
    pub fn admission_under_way(&mut self) -> Result<Option<AdmissionUnderWay>, OperationError> {
        let case = &self.case_row()?.id;
        let facts = self.core.admissions.facts(case, self.caller);
        let is_own = facts.is_some_and(|facts| facts.asked_by_caller);
        let counted = is_own || self.grant.role() == Some(CaseRole::Lead);
        Ok(match self.core.admissions.view(case, counted) {
            AdmissionView::UnderWay(under_way) => Some(under_way),
            AdmissionView::None(_) => None,
        })
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
