//! `GET /cases/{case}/members`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{MemberView, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ListMembers(pub CaseId);

#[derive(Serialize, ToSchema)]
pub struct MemberList {
    #[schema(value_type = Vec<Object>)]
    pub members: Vec<MemberView>,
}

impl Answer for MemberList {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for ListMembers {
    type Action = actions::ListMembers;
    type Answer = MemberList;

    fn target(&self) -> Target {
        Target::Case(self.0.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<MemberList, OperationError> {
        let members = scope.list_members()?;
        scope.note_rows(members.len() as u64);
        Ok(MemberList { members })
    }
}

impl Request for ListMembers {
    type Input = Empty;
    type Output = MemberList;
    const SUMMARY: &'static str = "The members of a case";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
