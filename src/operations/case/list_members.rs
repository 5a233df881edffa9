//! `GET /cases/{case}/members`: the members of a case and their roles.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{MemberView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the members of this case.
pub struct ListMembers(pub CaseId);

/// The members of a case.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    /// The members, sorted by role.
    pub members: Vec<MemberView>,
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
    const DOCS: Docs = Docs {
        id: "listMembers",
        tag: "Cases",
        summary: "List the members of a case",
        description: "Who works on the case, and as what.",
        request: "",
        answer: r#"{"members": [{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role":
            "lead", "suspended": false}]}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self(ids.case()?))
    }
}
