//! The decision about a request, by another person than the asker.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{TwoPerson, named, target};
use crate::domain::Reason;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::RequestState;
use crate::vault::audit::Decision;
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Approves or denies a request of this kind. The asker cannot decide it.
pub struct Decide<K: TwoPerson> {
    id: K::Id,
    approve: bool,
    why: Why,
}

/// A decision about a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// `approve` or `deny`.
    #[schema(value_type = Decision)]
    pub decision: String,
    /// Why the decider decides so.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// The state after a decision.
#[derive(Serialize, ToSchema)]
pub struct DecidedBody {
    /// The state of the request now.
    pub state: DecidedState,
}

/// The state that a decision gives a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecidedState {
    /// The request may be carried out until it expires.
    Approved,
    /// The request is refused.
    Denied,
}

impl<K: TwoPerson> Decide<K> {
    /// The decision in `input`, from a body or the command line.
    ///
    /// # Errors
    ///
    /// `Invalid` if the decision is neither `approve` nor `deny`, or the reason breaks its rules.
    pub fn new(id: K::Id, input: &DecisionInput) -> Result<Self, OperationError> {
        let decision: Decision = input
            .decision
            .parse()
            .map_err(|error| OperationError::invalid("decision", error))?;
        Ok(Self {
            id,
            approve: decision == Decision::Approve,
            why: only_reason(&input.reason)?,
        })
    }
}

impl<K: TwoPerson> Operation for Decide<K> {
    type Action = K::Decide;
    type Answer = DecidedBody;

    fn target(&self) -> Target {
        target::<K>(&self.id)
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

    fn run(self, scope: &mut Scope<'_, K::Decide>) -> Result<DecidedBody, OperationError> {
        let state = scope.decide::<K>(&self.id, self.approve, &self.why)?;
        Ok(DecidedBody {
            state: match state {
                RequestState::Denied => DecidedState::Denied,
                _ => DecidedState::Approved,
            },
        })
    }
}

impl<K: TwoPerson> Request for Decide<K> {
    type Input = DecisionInput;
    const DOCS: Docs = K::DOCS.decide;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(target::<K>(&named::<K>(ids)?))
    }

    fn read(ids: &Ids, input: DecisionInput) -> Result<Self, OperationError> {
        Self::new(named::<K>(ids)?, &input)
    }
}
