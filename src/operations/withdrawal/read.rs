//! `GET /withdrawals/{withdrawal}`: what would go, or what went, in counts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::WithdrawalId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, WithdrawalView};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ReadWithdrawal(pub WithdrawalId);

#[derive(Serialize, ToSchema)]
pub struct WithdrawalBody {
    #[schema(value_type = Object)]
    #[serde(flatten)]
    view: WithdrawalView,
}

impl Answer for WithdrawalBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ReadWithdrawal {
    type Action = actions::ReadWithdrawal;
    type Answer = WithdrawalBody;

    fn target(&self) -> Target {
        Target::Withdrawal(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<WithdrawalBody, OperationError> {
        Ok(WithdrawalBody {
            view: scope.read_withdrawal(&self.0)?,
        })
    }
}

impl Request for ReadWithdrawal {
    type Input = Empty;
    type Output = WithdrawalBody;
    const SUMMARY: &'static str = "One withdrawal, in counts";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Withdrawal(ids.withdrawal()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.withdrawal()?))
    }
}
