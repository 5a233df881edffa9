//! `POST /cases/{case}/exhibits/{exhibit}/withdrawal`: ask for an exhibit to be
//! withdrawn.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::Reason;
use crate::domain::{CaseId, ExhibitId, Moment, WithdrawalId};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::{RequestState, actions};
use crate::vault::scope::{CountedWithdrawal, Scope};
use crate::vault::{Operation, OperationError, Target, Why};

pub struct RequestWithdrawal {
    case: CaseId,
    exhibit: ExhibitId,
    why: Why,
    /// Before the act has its turn.
    counted: Option<CountedWithdrawal>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestWithdrawalInput {
    /// What is wrong with it.
    #[schema(value_type = Reason)]
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedWithdrawal {
    pub withdrawal: WithdrawalId,
    #[schema(value_type = RequestState)]
    pub state: &'static str,
    pub expires_at: Moment,
}

impl RequestWithdrawal {
    pub fn new(case: CaseId, exhibit: ExhibitId, reason: &str) -> Result<Self, OperationError> {
        Ok(Self {
            case,
            exhibit,
            why: only_reason(reason)?,
            counted: None,
        })
    }
}

impl Operation for RequestWithdrawal {
    type Action = actions::RequestWithdrawal;
    type Answer = RequestedWithdrawal;

    fn target(&self) -> Target {
        Target::NamedExhibit(self.case.clone(), self.exhibit.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "exhibit": self.exhibit })
    }

    const PREPARES: bool = true;

    fn prepare(&mut self, scope: &mut Scope<'_, Self::Action>) -> Result<(), OperationError> {
        self.counted = Some(scope.count_withdrawal(&self.exhibit)?);
        Ok(())
    }

    fn run(
        self,
        scope: &mut Scope<'_, Self::Action>,
    ) -> Result<RequestedWithdrawal, OperationError> {
        let counted = self
            .counted
            .ok_or(OperationError::Internal("nothing was counted"))?;
        let (withdrawal, expires_at) =
            scope.request_withdrawal(&self.exhibit, &self.why, &counted)?;
        Ok(RequestedWithdrawal {
            withdrawal,
            state: "requested",
            expires_at,
        })
    }
}

impl Request for RequestWithdrawal {
    type Input = RequestWithdrawalInput;
    const DOCS: Docs = docs::REQUEST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn read(ids: &Ids, input: RequestWithdrawalInput) -> Result<Self, OperationError> {
        Self::new(ids.case()?, ids.exhibit()?, &input.reason)
    }
}
