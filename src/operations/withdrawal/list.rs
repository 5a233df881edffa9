//! `GET /cases/{case}/withdrawals`: what was asked, newest first.

use serde::Serialize;
use utoipa::ToSchema;

use super::docs;
use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Scope, WithdrawalView};
use crate::vault::{Operation, OperationError, Target};

pub struct ListWithdrawals(pub CaseId);

#[derive(Serialize, ToSchema)]
pub struct WithdrawalList {
    pub withdrawals: Vec<WithdrawalView>,
}

impl Operation for ListWithdrawals {
    type Action = actions::ListWithdrawals;
    type Answer = WithdrawalList;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<WithdrawalList, OperationError> {
        let withdrawals = scope.list_withdrawals()?;
        scope.note_rows(withdrawals.len() as u64);
        Ok(WithdrawalList { withdrawals })
    }
}

impl Request for ListWithdrawals {
    type Input = Empty;
    const DOCS: Docs = docs::LIST;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
