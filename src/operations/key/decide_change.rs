//! `POST /keys/slots/change/decision`: another administrator says yes or no to a change of the keyring's slots.

use serde_json::{Value, json};

use crate::operations::two_person::{DecidedBody, DecidedState, DecisionInput};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::audit::Decision;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Decides the change that waits.
pub struct DecideSlotChange {
    approve: bool,
    why: Why,
}

impl Operation for DecideSlotChange {
    type Action = actions::DecideSlotChange;
    type Answer = DecidedBody;

    fn target(&self) -> Target {
        Target::Vault
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "approve": self.approve })
    }

    fn decision(&self) -> Option<Decision> {
        Some(match self.approve {
            true => Decision::Approve,
            false => Decision::Deny,
        })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DecidedBody, OperationError> {
        scope.decide_slot_change(self.approve)?;
        Ok(DecidedBody {
            state: match self.approve {
                true => DecidedState::Approved,
                false => DecidedState::Denied,
            },
        })
    }
}

impl Request for DecideSlotChange {
    type Input = DecisionInput;
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

    fn read(_: &Ids, input: DecisionInput) -> Result<Self, OperationError> {
        let decision: Decision = input
            .decision
            .parse()
            .map_err(|error| OperationError::invalid("decision", error))?;
        let approve = decision == Decision::Approve;
        let why = only_reason(&input.reason)?;
        Ok(Self { approve, why })
    }
}
