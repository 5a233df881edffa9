//! `GET /operators`: the operators of the vault.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::HomeRole;
use crate::domain::schema::PageCursor;
use crate::operations::{Docs, Ids, PageInput, Request, Sheet};
use crate::policy::actions;
use crate::vault::scope::{OperatorView, Scope, WantedRows};
use crate::vault::{Operation, OperationError, Target};

/// Lists the operators of the vault, for administrators.
pub struct ListOperators(pub WantedRows);

/// A page of the operators of the vault.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorList {
    /// The operators, including invited and revoked ones, in the order in which they were invited.
    pub operators: Vec<OperatorView>,
    /// What the caller is in the vault.
    pub role: HomeRole,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for OperatorList {
    const ROWS: &'static str = "operators";
    const COLUMNS: &'static [&'static str] = &[
        "operator",
        "name",
        "role",
        "state",
        "invited_until",
        "second_factor",
        "wrong_codes",
        "recovers_at",
    ];
}

impl Operation for ListOperators {
    type Action = actions::ListOperators;
    type Answer = OperatorList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorList, OperationError> {
        let page = scope.list_operators(&self.0)?;
        Ok(OperatorList {
            operators: page.rows,
            role: scope.home_role()?,
            next: page.next,
        })
    }
}

impl Request for ListOperators {
    type Input = PageInput;
    const DOCS: Docs = Docs {
        id: "listOperators",
        tag: "Operators",
        summary: "List the operators",
        description: "All operators, including invited and revoked ones.",
        request: "",
        answer: r#"{"operators": [{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role":
            "lead", "state": "active", "second_factor": true}], "role": "administrator", "next": null}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: PageInput) -> Result<Self, OperationError> {
        Ok(Self(input.wanted()?))
    }
}
