//! Ending an operator's rights, and every session of theirs, at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::OperatorId;
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct RevokeOperator {
    pub operator: OperatorId,
    pub why: Option<Why>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeOperatorInput {
    /// 10 to 500 printable characters.
    pub reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorRevoked {
    pub operator: String,
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

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<OperatorRevoked, OperationError> {
        let sessions_ended = scope.revoke_operator(&self.operator)?;
        Ok(OperatorRevoked {
            operator: self.operator.to_string(),
            sessions_ended,
        })
    }
}

impl Answer for OperatorRevoked {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Request for RevokeOperator {
    type Input = RevokeOperatorInput;
    type Output = OperatorRevoked;
    const SUMMARY: &'static str = "End an operator's rights and sessions";

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
