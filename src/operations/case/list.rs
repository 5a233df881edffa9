//! `GET /cases`: the cases the caller is a member of.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{CaseView, Scope, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists the cases that the caller is a member of.
pub struct ListCases(pub WantedRows);

/// A page of the cases that the caller is a member of.
#[derive(Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, newest first.
    pub cases: Vec<CaseView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for CaseList {
    const ROWS: &'static str = "cases";
    const COLUMNS: &'static [&'static str] = &[
        "case",
        "title",
        "reference",
        "state",
        "opened_at",
        "role",
        "account",
        "exhibits",
        "numbers",
    ];
}

impl Operation for ListCases {
    type Action = actions::ListCases;
    type Answer = CaseList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseList, OperationError> {
        let page = scope.list_cases(&self.0)?;
        Ok(CaseList {
            cases: page.rows,
            next: page.next,
        })
    }
}

impl Request for ListCases {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listCases",
        tag: "Cases",
        summary: "List cases",
        description: "The cases the caller is a member of.",
        request: "",
        answer: r#"{"cases": [{"case": "c_0123456789abcdefghjk", "title": "Text message log",
            "reference": "IR-2024-17", "state": "open", "opened_at": "2024-03-21T22:34:49Z",
            "role": "lead", "exhibits": 1, "numbers": 700000}], "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
