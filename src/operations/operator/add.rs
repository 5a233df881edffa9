//! Invites an operator, who gets a name, a role and a token to enrol with. The token is shown once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::schema::Token;
use crate::domain::{HomeRole, Moment, OperatorId, OperatorName};
use crate::operations::{Docs, Ids, Request};
use crate::policy::actions;
use crate::vault::scope::{Invitation, Scope};
use crate::vault::{Answer, Operation, OperationError, Receipt, ShownOnce, Target};

/// Invites an operator. The answer has a token to enrol with.
pub struct AddOperator {
    /// The name the operator will sign in with; it must be free.
    pub name: OperatorName,
    /// The role of the operator in the vault.
    pub role: HomeRole,
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddOperatorInput {
    /// The name the operator will sign in with.
    #[schema(value_type = OperatorName)]
    pub name: String,
    /// The role of the operator in the vault. It stays, and so does the name.
    #[schema(value_type = HomeRole)]
    pub role: String,
}

/// An invitation that was not shown yet.
pub struct OperatorInvited(Invitation);

/// An invitation. It is shown in this answer only.
#[derive(Serialize, ToSchema)]
pub struct OperatorAdded {
    /// The id of the new operator.
    pub operator: OperatorId,
    /// The token to enrol with. Whoever has it can set the password.
    #[schema(value_type = Token)]
    pub enrolment: ShownOnce,
    /// Until when the invitation can be used.
    pub expires_at: Moment,
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
    type View = OperatorAdded;

    fn view(self, _: &Receipt) -> Result<OperatorAdded, OperationError> {
        Ok(OperatorAdded {
            operator: self.0.operator,
            enrolment: self.0.enrolment.expose_once().into(),
            expires_at: self.0.expires_at,
        })
    }
}

impl Request for AddOperator {
    type Input = AddOperatorInput;
    const DOCS: Docs = Docs {
        id: "inviteOperator",
        tag: "Operators",
        summary: "Invite an operator",
        description: "The invitation is shown once; whoever has it sets the password. A name is given once: whoever \
            lost their invitation, or did not use it in time, is invited under another name. While the vault has another \
            administrator, one more is invited on the host, with the vault's passphrase: nobody alone is two of them.",
        request: r#"{"name": "lead.two", "role": "lead"}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "enrolment":
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "expires_at": "2024-03-21T22:34:49Z"}"#,
        problems: &["name-taken", "administrator-on-host"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: AddOperatorInput) -> Result<Self, OperationError> {
        let name = OperatorName::parse(&input.name)
            .map_err(|error| OperationError::invalid("name", error))?;
        let role = input
            .role
            .parse()
            .map_err(|error| OperationError::invalid("role", error))?;
        Ok(Self { name, role })
    }
}
