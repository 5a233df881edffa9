//! Letting a suspended lead in again, where the leads of a case cannot decide it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, OperatorId, Reason};
use crate::operations::{Docs, Done, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Lets a lead in again, in the role they had.
pub struct LiftSuspension {
    case: CaseId,
    operator: OperatorId,
    why: Why,
}

/// The JSON body.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftSuspensionInput {
    /// Why they are let in again.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl Operation for LiftSuspension {
    type Action = actions::LiftSuspension;
    type Answer = Done;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
        scope.lift_suspension(&self.operator)?;
        Ok(Done)
    }
}

impl Request for LiftSuspension {
    type Input = LiftSuspensionInput;
    const DOCS: Docs = Docs {
        id: "liftSuspension",
        tag: "Cases",
        summary: "Lift the suspension of a lead",
        description: "For a case whose leads are suspended. The lead gets back the role that leads gave them, and \
            nothing else. A lead or an administrator can do this while fewer than two leads can act and \
            whoever suspended the lead is none of those. Nobody lifts a suspension that they imposed. An \
            administrator lifts only what another administrator imposed.",
        request: r#"{"reason": "both leads were suspended"}"#,
        answer: "{}",
        problems: &["not-found", "own-membership", "own-request"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: LiftSuspensionInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            operator: ids.operator()?,
            why: only_reason(&input.reason)?,
        })
    }
}
