//! `POST /cases/{case}/members/{operator}/thaw`: ends the freeze of somebody else's lookups.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CaseId, OperatorId, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Ends the freeze of another member's lookups.
pub struct ThawLookups {
    case: CaseId,
    operator: OperatorId,
    why: Why,
}

/// Why a member's lookups are thawed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThawInput {
    /// Why the freeze ends.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// The outcome of a thaw.
#[derive(Serialize, ToSchema)]
pub struct ThawedBody {
    /// Whether the lookups were frozen until now.
    pub thawed: bool,
}

impl Operation for ThawLookups {
    type Action = actions::ThawLookups;
    type Answer = ThawedBody;

    fn target(&self) -> Target {
        Target::Member(self.case.clone(), self.operator.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.not_oneself(&self.operator)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<ThawedBody, OperationError> {
        let thawed = scope.thaw_lookups(&self.operator)?;
        Ok(ThawedBody { thawed })
    }
}

impl Request for ThawLookups {
    type Input = ThawInput;
    const DOCS: Docs = Docs {
        id: "thawLookups",
        tag: "Budgets",
        summary: "Thaw somebody's lookups",
        description: "Ends the freeze that too many refusals brought on, and forgets them. Nobody thaws \
            their own.",
        request: r#"{"reason": "a script had no pause; it is mended"}"#,
        answer: r#"{"thawed": true}"#,
        problems: &["not-found", "case-closed", "own-membership"],
    };

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Member(ids.case()?, ids.operator()?))
    }

    fn read(ids: &Ids, input: ThawInput) -> Result<Self, OperationError> {
        Ok(Self {
            case: ids.case()?,
            operator: ids.operator()?,
            why: only_reason(&input.reason)?,
        })
    }
}
