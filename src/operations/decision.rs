//! Somebody else says yes or no: to a reveal, an export, a withdrawal.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Docs, Ids, Request, only_reason};
use crate::domain::Reason;
use crate::domain::schema::{described, words};
use crate::policy::{RequestState, Writes};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// The id of a request that is decided.
pub trait Decided: Send + Sized + 'static {
    type Action: Writes;
    /// What is counted before the act has its turn, if it is a yes.
    type Counted: Default + Send + 'static;
    const COUNTS: bool = false;
    const DOCS: Docs;

    fn named(ids: &Ids) -> Result<Self, OperationError>;

    fn target(&self) -> Target;

    fn count(&self, _: &Scope<'_, Self::Action>) -> Result<Self::Counted, OperationError> {
        Ok(Self::Counted::default())
    }

    fn decide(
        &self,
        scope: &mut Scope<'_, Self::Action>,
        approve: bool,
        why: &Why,
        counted: &Self::Counted,
    ) -> Result<RequestState, OperationError>;
}

pub struct Decide<I: Decided> {
    id: I,
    approve: bool,
    why: Why,
    counted: I::Counted,
}

/// A decision about a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    #[schema(value_type = Decision)]
    pub decision: String,
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// The state after a decision.
#[derive(Serialize, ToSchema)]
pub struct DecidedBody {
    #[schema(value_type = RequestState)]
    pub state: &'static str,
}

enum Decision {}

described! {
    Decision as "Decision" => words("Yes or no.", ["approve", "deny"]);
}

impl<I: Decided> Decide<I> {
    /// As typed at the command line or sent.
    pub fn new(id: I, input: &DecisionInput) -> Result<Self, OperationError> {
        let approve = match input.decision.as_str() {
            "approve" => true,
            "deny" => false,
            _ => {
                return Err(OperationError::invalid(
                    "decision",
                    "must be approve or deny",
                ));
            }
        };
        Ok(Self {
            id,
            approve,
            why: only_reason(&input.reason)?,
            counted: I::Counted::default(),
        })
    }
}

impl<I: Decided> Operation for Decide<I> {
    type Action = I::Action;
    type Answer = DecidedBody;

    fn target(&self) -> Target {
        self.id.target()
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn detail(&self) -> Value {
        json!({ "approve": self.approve })
    }

    const PREPARES: bool = I::COUNTS;

    fn prepare(&mut self, scope: &mut Scope<'_, Self::Action>) -> Result<(), OperationError> {
        if self.approve {
            self.counted = self.id.count(scope)?;
        }
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<DecidedBody, OperationError> {
        let decided = self
            .id
            .decide(scope, self.approve, &self.why, &self.counted);
        let state = decided?;
        Ok(DecidedBody {
            state: state.as_str(),
        })
    }
}

impl<I: Decided> Request for Decide<I> {
    type Input = DecisionInput;
    const DOCS: Docs = I::DOCS;

    fn target(ids: &Ids) -> Result<Target, OperationError> {
        Ok(I::named(ids)?.target())
    }

    fn read(ids: &Ids, input: DecisionInput) -> Result<Self, OperationError> {
        Self::new(I::named(ids)?, &input)
    }
}
