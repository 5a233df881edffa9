//! `GET /cases/{case}/admissions/current`: how far the admission is.

use crate::domain::CaseId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{AdmissionView, Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadAdmission(pub CaseId);

impl Answer for AdmissionView {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadAdmission {
    type Action = actions::ReadAdmission;
    type Answer = AdmissionView;

    fn target(&self) -> Target {
        Target::Admission(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<AdmissionView, OperationError> {
        scope.read_admission()
    }
}

impl Request for ReadAdmission {
    type Input = Empty;
    type Output = AdmissionView;
    const SUMMARY: &'static str = "How far the admission of a file is";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Admission(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
