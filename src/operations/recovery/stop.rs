//! `DELETE /operators/{operator}/recovery`: stops the recovery of somebody's account.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{OperatorId, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::{RecoveryStopped, Scope};
use crate::vault::{Operation, OperationError, Target, Why};

/// Stops a recovery. Its code is used up.
pub struct StopRecovery {
    operator: OperatorId,
    why: Option<Why>,
}

/// Why a recovery is stopped.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopRecoveryInput {
    /// Why; it may be left out.
    #[schema(value_type = Option<Reason>)]
    pub reason: Option<String>,
}

impl Operation for StopRecovery {
    type Action = actions::StopRecovery;
    type Answer = RecoveryStopped;

    fn target(&self) -> Target {
        Target::Operator(self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<RecoveryStopped, OperationError> {
        scope.stop_recovery(&self.operator)
    }
}

impl Request for StopRecovery {
    type Input = StopRecoveryInput;
    const DOCS: Docs = Docs {
        id: "stopRecovery",
        tag: "Operators",
        summary: "Stop somebody's recovery",
        description: "Ends the recovery of an account whose passkeys are said to be lost, during its delay or after it, \
            and the sessions that it opened. The recovery code is used up. If there is none, nothing is done. Leads and \
            administrators see in their inbox who recovers; ask the person before the delay is over.",
        request: r#"{"reason": "she says that it is not her"}"#,
        answer: r#"{"operator": "o_0123456789abcdefghjk", "stopped": true}"#,
        problems: &["not-found"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Operator(ids.operator()?))
    }

    fn read(ids: &Ids, input: StopRecoveryInput) -> Result<Self, OperationError> {
        Ok(Self {
            operator: ids.operator()?,
            why: input.reason.as_deref().map(only_reason).transpose()?,
        })
    }
}
