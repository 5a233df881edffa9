//! `POST /reveals/{reveal}/decision`: somebody else says yes or no.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::RevealId;
use crate::operations::{Ids, Request, only_reason};
use crate::policy::actions;
use crate::vault::scope::Scope;
use crate::vault::{Answer, Operation, OperationError, Receipt, Target, Why, Wire};

pub struct DecideReveal {
    reveal: RevealId,
    approve: bool,
    why: Why,
}

/// A decision about a reveal or an export.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// approve or deny
    pub decision: String,
    pub reason: String,
}

impl DecisionInput {
    /// True for yes.
    pub fn approves(&self) -> Result<bool, OperationError> {
        match self.decision.as_str() {
            "approve" => Ok(true),
            "deny" => Ok(false),
            _ => Err(OperationError::invalid(
                "decision",
                "must be approve or deny",
            )),
        }
    }
}

/// The state after a decision.
#[derive(Serialize, ToSchema)]
pub struct DecidedBody {
    pub state: &'static str,
}

impl Answer for DecidedBody {
    fn body(self, _: &Receipt) -> Result<Wire, OperationError> {
        Wire::json(&self)
    }
}

impl Operation for DecideReveal {
    type Action = actions::DecideReveal;
    type Answer = DecidedBody;

    fn target(&self) -> Target {
        Target::Reveal(self.reveal.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "approve": self.approve })
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DecidedBody, OperationError> {
        let state = scope.decide_reveal(&self.reveal, self.approve, &self.why)?;
        Ok(DecidedBody {
            state: state.as_str(),
        })
    }
}

impl Request for DecideReveal {
    type Input = DecisionInput;
    type Output = DecidedBody;
    const SUMMARY: &'static str = "Decide somebody else's reveal";

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(Target::Reveal(ids.reveal()?))
    }

    fn read(ids: &Ids, input: DecisionInput) -> Result<Self, OperationError> {
        Ok(Self {
            reveal: ids.reveal()?,
            approve: input.approves()?,
            why: only_reason(&input.reason)?,
        })
    }
}
