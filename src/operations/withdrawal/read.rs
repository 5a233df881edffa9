//! `GET /withdrawals/{withdrawal}`: what would go, or what went, in counts.

use super::docs;
use crate::domain::WithdrawalId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, WithdrawalView};
use crate::vault::{Operation, OperationError, Target};

pub struct ReadWithdrawal(pub WithdrawalId);

impl Operation for ReadWithdrawal {
    type Action = actions::ReadWithdrawal;
    type Answer = WithdrawalView;

    fn target(&self) -> Target {
        Target::Withdrawal(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<WithdrawalView, OperationError> {
        scope.read_withdrawal(&self.0)
    }
}

impl Request for ReadWithdrawal {
    type Input = Empty;
    const DOCS: Docs = docs::READ;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Withdrawal(ids.withdrawal()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.withdrawal()?))
    }
}
