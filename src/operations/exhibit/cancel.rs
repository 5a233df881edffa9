//! `DELETE /cases/{case}/admissions/current`: cancels the running admission.
//!
//! The leaf of the request is durable before anything is stopped. The admission then ends with a
//! leaf of its own, and nothing of the exhibit stays.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId, words};
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Cancellation, Operation, OperationError, Receipt, Target};

/// Cancels the admission that is running in this case.
pub struct CancelAdmission(pub CaseId);

/// The cancellation, carried out when the answer is shown.
pub struct Cancelling(Option<Cancellation>);

/// What became of the request to cancel.
#[derive(Serialize, ToSchema)]
pub struct CancelledBody {
    /// Whether the admission is being cancelled.
    pub state: CancelState,
    /// The exhibit that was being admitted; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exhibit: Option<ExhibitId>,
}

words! {
    /// What became of the request to cancel; `finishing` means that it is too late.
    pub enum CancelState {
        /// The admission is being cancelled.
        Cancelling => "cancelling",
        /// No file is being admitted.
        None => "none",
        /// Too late: the exhibit is almost admitted. It can be withdrawn afterwards.
        Finishing => "finishing",
    }
}

impl Answer for Cancelling {
    type View = CancelledBody;

    fn view(self, receipt: &Receipt) -> Result<CancelledBody, OperationError> {
        Ok(match self.0 {
            None => CancelledBody {
                state: CancelState::None,
                exhibit: None,
            },
            Some(cancellation) => CancelledBody {
                state: match cancellation.carry_out(receipt) {
                    true => CancelState::Cancelling,
                    false => CancelState::Finishing,
                },
                exhibit: Some(cancellation.exhibit().clone()),
            },
        })
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
    const DOCS: Docs = Docs {
        id: "cancelAdmission",
        tag: "Exhibits",
        summary: "Stop an admission",
        description: "Stops the admission that is under way in the case; nothing of the file stays. \
            `finishing` means that it is too late: the exhibit can then be withdrawn.",
        request: "",
        answer: r#"{"state": "cancelling", "exhibit": "x_0123456789abcdefghjk"}"#,
        problems: &[
            "not-found",
            "case-closed",
            "own-request",
            "not-the-asker",
            "wrong-state",
        ],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Admission(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
