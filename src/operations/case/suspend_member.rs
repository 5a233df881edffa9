//! `POST /cases/{case}/members/{operator}/suspension`: a member's rights in a case end at once.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{CaseId, OperatorId, Reason};
use crate::operations::{Docs, Done, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Ends a member's rights in a case at once.
pub struct SuspendMember {
    case: CaseId,
    operator: OperatorId,
    why: Why,
}

/// Why a member is suspended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendMemberInput {
    /// Why the member's rights end.
    #[schema(value_type = Reason)]
    pub reason: String,
}

impl Operation for SuspendMember {
    type Action = actions::SuspendMember;
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
        scope.suspend_member(&self.operator)?;
        Ok(Done)
    }
}

impl Request for SuspendMember {
    type Input = SuspendMemberInput;
    const DOCS: Docs = Docs {
        id: "suspendMember",
        tag: "Cases",
        summary: "Suspend a member of a case",
        description: "The member's rights in the case end at once. A lead or an administrator can do this. \
            If the member is suspended already, a lead takes the place of whoever suspended them, and an \
            administrator does not. \
            To let them in again is to give rights: a lead names them, and another lead decides. Where \
            fewer than two leads can act, see `liftSuspension`.",
        request: r#"{"reason": "the account was misused"}"#,
        answer: "{}",
        problems: &["not-found", "own-membership"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: SuspendMemberInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            operator: ids.operator()?,
            why: only_reason(&input.reason)?,
        })
    }
}
