//! `POST /keys/slots/change/decision`: another administrator says yes or no to a change of the keyring's slots.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Reason;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Decides the change that waits.
pub struct DecideSlotChange {
    approve: bool,
    why: Why,
}

/// A decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotDecisionInput {
    /// `approve` or `deny`.
    pub decision: String,
    /// Why, in 10 to 500 characters.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// What the change is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotChangeDecided {
    /// `approved`: whoever asked can carry it out. `denied`: it is over.
    pub state: &'static str,
}

impl Operation for DecideSlotChange {
    type Action = actions::DecideSlotChange;
    type Answer = SlotChangeDecided;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<SlotChangeDecided, OperationError> {
        let state = scope.decide_slot_change(self.approve)?;
        Ok(SlotChangeDecided {
            state: state.as_str(),
        })
    }
}

impl Request for DecideSlotChange {
    type Input = SlotDecisionInput;
    const DOCS: Docs = Docs {
        id: "decideSlotChange",
        tag: "Keys",
        summary: "Decide a change of the keyring's slots",
        description: "Another administrator than the one who asked. `GET /keys/slots` shows what is decided.",
        request: r#"{"decision": "approve", "reason": "agreed at the meeting of today"}"#,
        answer: r#"{"state": "approved"}"#,
        problems: &["own-request", "wrong-state", "asker-gone", "not-found"],
    };

    fn target(_: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Vault)
    }

    fn read(_: &Ids, input: SlotDecisionInput) -> Result<Self, OperationError> {
        let approve = match input.decision.as_str() {
            "approve" => true,
            "deny" => false,
            _ => {
                return Err(OperationError::invalid(
                    "decision",
                    "must be `approve` or `deny`",
                ));
            }
        };
        let why = only_reason(&input.reason)?;
        Ok(Self { approve, why })
    }
}
