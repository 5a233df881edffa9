//! `DELETE /operators/{operator}`: ends an operator's rights and sessions at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{OperatorId, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Revokes an operator and ends their sessions. It cannot be undone.
pub struct RevokeOperator {
    /// The operator to revoke.
    pub operator: OperatorId,
    /// Why, if the administrator says it.
    pub why: Option<Why>,
}

/// Why an operator is revoked.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeOperatorInput {
    /// Why; it may be left out.
    #[schema(value_type = Option<Reason>)]
    pub reason: Option<String>,
}

/// An operator whose rights have ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorRevoked {
    /// The id of the revoked operator.
    pub operator: OperatorId,
    /// How many open sessions were ended.
    pub sessions_ended: usize,
}

impl Operation for RevokeOperator {
    type Action = actions::RevokeOperator;
    type Answer = OperatorRevoked;

    fn target(&self) -> Target {
        Target::Operator(self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorRevoked, OperationError> {
        let sessions_ended = scope.revoke_operator(&self.operator)?;
        Ok(OperatorRevoked {
            operator: self.operator,
            sessions_ended,
        })
    }
}

impl Request for RevokeOperator {
    type Input = RevokeOperatorInput;
    const DOCS: Docs = Docs {
        id: "revokeOperator",
        tag: "Operators",
        summary: "Revoke an operator",
        description: "Ends the rights of an operator and every session of theirs, at once. It cannot be \
            undone. The account of an administrator who has enrolled ends on the host, with the vault's passphrase.",
        request: r#"{"reason": "left the company today"}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "sessions_ended": 1}"#,
        problems: &["not-found", "own-membership", "administrator-on-host"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Operator(ids.operator()?))
    }

    fn read(ids: &Ids, input: RevokeOperatorInput) -> Result<Self, OperationError> {
        Ok(Self {
            operator: ids.operator()?,
            why: input.reason.as_deref().map(only_reason).transpose()?,
        })
    }
}
