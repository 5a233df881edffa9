//! `POST /cases/{case}/{close|hold|reopen}`: a case moves from state to state.
//!
//! open -> held, open -> closed, held -> open, closed -> open. A held case (legal
//! hold) cannot be closed; it is worked on as before, and nothing of it destroyed.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::CaseId;
use crate::operations::{Done, Empty, Ids, Request, only_reason};
use crate::policy::{CaseState, actions};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    pub reason: String,
}

macro_rules! moves {
    ($($(#[$doc:meta])* $name:ident $from:expr => $to:expr, $summary:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name {
            case: CaseId,
            why: Why,
        }

        impl Operation for $name {
            type Action = actions::$name;
            type Answer = Done;

            fn target(&self) -> Target {
                Target::Case(self.case.clone())
            }

            fn why(&self) -> Option<&Why> {
                Some(&self.why)
            }

            fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Done, OperationError> {
                scope.move_case($from, $to)?;
                Ok(Done)
            }
        }

        impl Request for $name {
            type Input = MoveInput;
            type Output = Empty;
            const SUMMARY: &'static str = $summary;

            fn target(ids: &Ids) -> Result<Target, OperationError> {
                Ok(Target::Case(ids.case()?))
            }

            fn read(ids: &Ids, input: MoveInput) -> Result<Self, OperationError> {
                Ok(Self { case: ids.case()?, why: only_reason(&input.reason)? })
            }
        }
    )*};
}

moves! {
    /// The work is done.
    CloseCase &[CaseState::Open] => CaseState::Closed, "Close a case";
    /// Nothing may be destroyed.
    HoldCase &[CaseState::Open] => CaseState::Held, "Put a case on hold";
    /// The work goes on, or the hold is lifted.
    ReopenCase &[CaseState::Held, CaseState::Closed] => CaseState::Open, "Reopen a case";
}
