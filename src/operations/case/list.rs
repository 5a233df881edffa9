//! `GET /cases`: the cases the caller is a member of.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{CaseView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the cases that the caller is a member of.
pub struct ListCases;

/// The cases that the caller is a member of.
#[derive(Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, newest first.
    pub cases: Vec<CaseView>,
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
    const DOCS: Docs = Docs {
        id: "listCases",
        tag: "Cases",
        summary: "List cases",
        description: "The cases the caller is a member of.",
        request: "",
        answer: r#"{"cases": [{"case": "c_0123456789abcdefghjk", "title": "Text message log",
            "reference": "IR-2024-17", "state": "open", "opened_at": "2024-03-21T22:34:49Z",
            "role": "lead", "exhibits": 1, "numbers": 700000}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
