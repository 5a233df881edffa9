//! `GET /operators`: the operators of the vault.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Docs, Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{OperatorView, Scope};
use crate::vault::{Operation, OperationError, Target};

/// Lists the operators of the vault, for administrators.
pub struct ListOperators;

/// The operators of the vault.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorList {
    /// All operators, including invited and revoked ones.
    pub operators: Vec<OperatorView>,
}

impl Operation for ListOperators {
    type Action = actions::ListOperators;
    type Answer = OperatorList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorList, OperationError> {
        let operators = scope.list_operators()?;
        scope.note_rows(operators.len() as u64);
        Ok(OperatorList { operators })
    }
}

impl Request for ListOperators {
    type Input = Empty;
    const DOCS: Docs = Docs {
        id: "listOperators",
        tag: "Operators",
        summary: "List the operators",
        description: "All operators, including invited and revoked ones.",
        request: "",
        answer: r#"{"operators": [{"operator": "o_0123456789abcdefghjk", "name": "lead.one", "role":
            "lead", "state": "active", "second_factor": true}]}"#,
        problems: &[],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
