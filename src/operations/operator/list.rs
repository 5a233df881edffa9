//! Who may enter.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::{Empty, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct ListOperators;

#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorList {
    pub operators: Vec<ListedOperator>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListedOperator {
    pub operator: String,
    pub name: String,
    pub role: &'static str,
    /// `invited`, `active` or `revoked`.
    pub state: &'static str,
    pub second_factor: bool,
}

impl Operation for ListOperators {
    type Action = actions::ListOperators;
    type Answer = OperatorList;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorList, OperationError> {
        let operators: Vec<_> = scope
            .list_operators()?
            .into_iter()
            .map(|view| ListedOperator {
                operator: view.operator.to_string(),
                name: view.name,
                role: view.role,
                state: view.state,
                second_factor: view.second_factor,
            })
            .collect();
        scope.note_rows(operators.len() as u64);
        Ok(OperatorList { operators })
    }
}

impl Answer for OperatorList {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for ListOperators {
    type Input = Empty;
    type Output = OperatorList;
    const SUMMARY: &'static str = "List the operators";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, _: Empty) -> Result<Self, OperationError> {
        Ok(Self)
    }
}
