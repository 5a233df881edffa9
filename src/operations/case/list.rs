//! `GET /cases`: the cases the caller is a member of.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{CaseView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ListCases;

#[derive(Serialize, ToSchema)]
pub struct CaseList {
    #[schema(value_type = Vec<Object>)]
    pub cases: Vec<CaseView>,
}

impl Answer for CaseList {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ListCases {
    type Action = actions::ListCases;
    type Answer = CaseList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseList, OperationError> {
        let cases = scope.list_cases()?;
        scope.note_rows(cases.len() as u64);
        Ok(CaseList { cases })
    }
}

impl Request for ListCases {
    type Input = Empty;
    type Output = CaseList;
    const SUMMARY: &'static str = "The cases one is a member of";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
