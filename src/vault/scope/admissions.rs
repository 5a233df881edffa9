//! The admission that is under way in a case: how far it is, and its end before
//! its time. Sees ids, counts and times, no row.

use super::Scope;
use crate::domain::CaseRole;
use crate::policy::actions;
use crate::vault::error::OperationError;
use crate::vault::exhibits::checks_under_way::CheckUnderWay;
use crate::vault::exhibits::under_way::{
    AdmissionUnderWay, AdmissionView, Cancellation, FoundAdmission,
};

impl Scope<'_, actions::ReadAdmission> {
    /// The progress of the case's admission, or that there is none. How large another one's file is, a custodian is not
    /// told.
    pub fn read_admission(&mut self) -> Result<AdmissionView, OperationError> {
        let counted = self.knows_counts();
        let view = self
            .admission
            .as_ref()
            .map(|found| found.view(counted || found.is_own(self.caller)));
        if let Some(under_way) = &view {
            self.notes.object = Some(under_way.admission.exhibit.to_string());
        }
        Ok(view.into())
    }
}

impl Scope<'_, actions::ListExhibits> {
    /// The admission that is under way in the case, for the list of its exhibits. Its counts are for those who may
    /// watch and cancel it: leads, and the custodian who began it.
    pub fn admission_under_way(&mut self) -> Result<Option<AdmissionUnderWay>, OperationError> {
        let leads = self.grant.role() == Some(CaseRole::Lead);
        let found = self.core.admissions.find(&self.case_row()?.id);
        Ok(found.map(|found| found.view(leads || found.is_own(self.caller))))
    }

    /// The dry runs that the caller began in the case and that have not ended.
    pub fn own_checks(&mut self) -> Result<Vec<CheckUnderWay>, OperationError> {
        let case = &self.case_row()?.id;
        Ok(self.core.checks.own(case, self.caller))
    }
}

impl Scope<'_, actions::CancelAdmission> {
    /// What cancels it once this act's leaf is durable; nothing if there is no
    /// admission under way.
    pub fn cancel_admission(&mut self) -> Result<Option<Cancellation>, OperationError> {
        let cancellation = self.admission.as_ref().map(FoundAdmission::cancellation);
        if let Some(cancellation) = &cancellation {
            self.notes.object = Some(cancellation.exhibit().to_string());
        }
        Ok(cancellation)
    }
}
