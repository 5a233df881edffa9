//! `GET /cases/{case}/members`: the members of a case and their roles.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::domain::{CaseId, CaseRole};
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::{CaseState, actions};
use crate::vault::scope::{MemberView, Scope, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists the members of a case.
pub struct ListMembers {
    case: CaseId,
    wanted: WantedRows,
}

/// A page of the members of a case.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    /// The members, sorted by role.
    pub members: Vec<MemberView>,
    /// What the caller is in the case.
    pub role: Option<CaseRole>,
    /// The state of the case.
    pub state: CaseState,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for MemberList {
    const ROWS: &'static str = "members";
    const COLUMNS: &'static [&'static str] = &[
        "operator",
        "name",
        "role",
        "account",
        "suspended",
        "recognised",
        "wrong_fingerprints",
        "lifted_by",
        "frozen_until",
    ];
}

impl Operation for ListMembers {
    type Action = actions::ListMembers;
    type Answer = MemberList;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<MemberList, OperationError> {
        let page = scope.list_members(&self.wanted)?;
        Ok(MemberList {
            members: page.rows,
            role: scope.own_role(),
            state: scope.case_state()?,
            next: page.next,
        })
    }
}

impl Request for ListMembers {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listMembers",
        tag: "Cases",
        summary: "List the members of a case",
        description: "Who works on the case, and as what.",
        request: "",
        answer: r#"{"members": [{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role":
            "lead", "suspended": false, "recognised": true}], "role": "lead", "state": "open", "next": null}"#,
        problems: &["not-found", "case-closed"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Case(ids.case()?))
    }

    fn read(ids: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            wanted: input.wanted()?,
        })
    }
}
