//! `POST /withdrawals/{withdrawal}/decision`: somebody else says yes or no;
//! a yes withdraws the exhibit.

use super::docs;
use crate::domain::WithdrawalId;
use crate::operations::{Decide, Decided, Docs, Ids};
use crate::policy::{RequestState, actions};
use crate::vault::scope::Scope;
use crate::vault::{OperationError, Target, Why};

pub type DecideWithdrawal = Decide<WithdrawalId>;

impl Decided for WithdrawalId {
    type Action = actions::DecideWithdrawal;
    type Counted = ();
    const DOCS: Docs = docs::DECIDE;

    fn named(ids: &Ids) -> Result<Self, OperationError> {
        ids.withdrawal()
    }

    fn target(&self) -> Target {
        Target::Withdrawal(self.clone())
    }

    fn decide(
        &self,
        scope: &mut Scope<'_, Self::Action>,
        approve: bool,
        why: &Why,
        (): &(),
    ) -> Result<RequestState, OperationError> {
        scope.decide_withdrawal(self, approve, why)
    }
}
