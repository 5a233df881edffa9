//! Inviting an operator: a name, a role, and a token to enrol with, shown once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{HomeRole, OperatorName};
use crate::operations::{Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Invitation, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Wire};

pub struct AddOperator {
    pub name: OperatorName,
    pub role: HomeRole,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOperatorInput {
    /// 2 to 64 of `a-z 0-9 . _ -`, a letter first.
    pub name: String,
    /// `investigator` unless told.
    pub role: Option<String>,
}

/// Holds the token for the body only.
pub struct OperatorInvited(Invitation);

/// The answer's JSON.
#[derive(Serialize, ToSchema)]
pub struct OperatorAdded {
    pub operator: String,
    /// Shown once; whoever has it sets the password.
    pub enrolment: String,
    pub expires_at: String,
}

impl Operation for AddOperator {
    type Action = actions::AddOperator;
    type Answer = OperatorInvited;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn detail(&self) -> Value {
        json!({ "name": self.name.as_str(), "role": self.role.as_str() })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorInvited, OperationError> {
        scope.invite(&self.name, self.role).map(OperatorInvited)
    }
}

impl Answer for OperatorInvited {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        #[derive(Serialize)]
        struct Body<'a> {
            operator: &'a str,
            enrolment: &'a str,
            expires_at: String,
        }
        let enrolment = self.0.enrolment.expose_once();
        Wire::json(&Body {
            operator: self.0.operator.as_str(),
            enrolment: &enrolment,
            expires_at: self.0.expires_at.to_string(),
        })
    }
}

impl Request for AddOperator {
    type Input = AddOperatorInput;
    type Output = OperatorAdded;
    const SUMMARY: &'static str = "Invite an operator; the enrolment token is shown once";

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: AddOperatorInput) -> Result<Self, OperationError> {
        let name = OperatorName::parse(&input.name)
            .map_err(|error| OperationError::invalid("name", error))?;
        let role = input
            .role
            .as_deref()
            .map_or(Ok(HomeRole::Investigator), str::parse)
            .map_err(|error| OperationError::invalid("role", error))?;
        Ok(Self { name, role })
    }
}
