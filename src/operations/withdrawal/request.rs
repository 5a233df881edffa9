//! `POST /cases/{case}/exhibits/{exhibit}/withdrawal`: ask for an exhibit to be
//! withdrawn.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseId, ExhibitId, Moment, WithdrawalId};
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::{CountedWithdrawal, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

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
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedWithdrawal {
    #[schema(value_type = String)]
    pub withdrawal: WithdrawalId,
    pub state: &'static str,
    #[schema(value_type = String)]
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

impl Answer for RequestedWithdrawal {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
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
    type Output = RequestedWithdrawal;
    const SUMMARY: &'static str = "Ask for an exhibit to be withdrawn";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::NamedExhibit(ids.case()?, ids.exhibit()?))
    }

    fn read(ids: &Ids, input: RequestWithdrawalInput) -> Result<Self, OperationError> {
        Self::new(ids.case()?, ids.exhibit()?, &input.reason)
    }
}
