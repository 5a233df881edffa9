//! `DELETE /cases/{case}/admissions/current`: stops the admission under way.
//!
//! The leaf that says so is durable before anything is stopped; the admission
//! ends with a leaf of its own, and nothing of the exhibit stays.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId};
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Cancellation, Operation, OperationError, Receipt, Target, Wire};

pub struct CancelAdmission(pub CaseId);

/// Not carried out yet.
pub struct Cancelling(Option<Cancellation>);

#[derive(Serialize, ToSchema)]
pub struct CancelledBody {
    /// `cancelling`, `none` if no file is being admitted, or `finishing` if it is
    /// too late: the exhibit is as good as admitted, and can be withdrawn.
    pub state: &'static str,
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<ExhibitId>,
}

impl Answer for Cancelling {
    fn body(self, receipt: &Receipt) -> Result<Wire, OperationError> {
        let body = match self.0 {
            None => CancelledBody {
                state: "none",
                exhibit: None,
            },
            Some(cancellation) => CancelledBody {
                state: match cancellation.carry_out(receipt) {
                    true => "cancelling",
                    false => "finishing",
                },
                exhibit: Some(cancellation.exhibit().clone()),
            },
        };
        Wire::json(&body)
    }
}

impl Operation for CancelAdmission {
    type Action = actions::CancelAdmission;
    type Answer = Cancelling;

    fn target(&self) -> Target {
        Target::Admission(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Cancelling, OperationError> {
        scope.cancel_admission().map(Cancelling)
    }
}

impl Request for CancelAdmission {
    type Input = Empty;
    type Output = CancelledBody;
    const SUMMARY: &'static str = "Stop the admission of a file";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Admission(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
