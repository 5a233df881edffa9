//! `GET /cases/{case}/admissions/current`: the progress of the running admission.

use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{AdmissionView, Operation, OperationError, Target};

/// Reads the progress of the admission in this case.
pub struct ReadAdmission(pub CaseId);

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
    const DOCS: Docs = Docs {
        id: "readAdmission",
        tag: "Exhibits",
        summary: "Watch an admission",
        description: "The progress of an admission. The state is `none` if no file is being admitted. A custodian \
            who did not begin it is not told how large the file is.",
        request: "",
        answer: r#"{"state": "running", "exhibit": "x_0123456789abcdefghjk", "stage": "reading",
            "begun_at": "2024-03-21T22:34:49Z", "bytes_read": 1048576, "bytes_total": 4194304,
            "rows": 10000, "rows_per_second": 50000, "seconds_left": 3}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Admission(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
