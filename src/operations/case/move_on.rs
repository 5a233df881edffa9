//! `POST /cases/{case}/{close|hold|reopen}`: a case moves from state to state.
//!
//! open -> held, open -> closed, held -> open, closed -> open. A held case (legal
//! hold) cannot be closed. People work on it as before, and nothing in it may be destroyed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{CaseId, Reason};
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::{CaseState, actions};
use crate::vault::scope::Scope;
use crate::vault::{Operation, OperationError, Target, Why};

/// Why a case changes its state.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// Why the case is closed, held or reopened.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A case that changed its state.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseMoved {
    /// The state that it has now.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
}

macro_rules! moves {
    ($($(#[$doc:meta])* $name:ident $from:expr => $to:expr, $answer:literal $id:literal $summary:literal $description:literal;)*) => {$(
        $(#[$doc])*
        pub struct $name {
            case: CaseId,
            why: Why,
        }

        impl Operation for $name {
            type Action = actions::$name;
            type Answer = CaseMoved;

            fn target(&self) -> Target {
                Target::Case(self.case.clone())
            }

            fn why(&self) -> Option<&Why> {
                Some(&self.why)
            }

            fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseMoved, OperationError> {
                scope.move_case($from, $to)?;
                Ok(CaseMoved { state: $to.as_str() })
            }
        }

        impl Request for $name {
            type Input = MoveInput;
            const DOCS: Docs = Docs {
                id: $id,
                tag: "Cases",
                summary: $summary,
                description: $description,
                request: r#"{"reason": "the last notice was sent"}"#,
                answer: concat!(r#"{"state": ""#, $answer, r#""}"#),
                problems: &["not-found", "case-closed", "case-state"],
            };

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
    /// Closes a case: the work is done.
    CloseCase &[CaseState::Open] => CaseState::Closed,
        "closed" "closeCase" "Close a case" "The work is done. Nothing is looked up, admitted, decided or handed out any \
            more; requests that wait stay as they are, run out in their time, and can be decided after a reopening. A case \
            on hold is reopened before it is closed.";
    /// Puts a case on legal hold: nothing in it may be destroyed.
    HoldCase &[CaseState::Open] => CaseState::Held,
        "held" "holdCase" "Put a case on hold" "A legal hold: the work goes on as before, the case cannot be closed, and \
            nothing in it may be destroyed.";
    /// Reopens a closed case, or lifts a hold.
    ReopenCase &[CaseState::Held, CaseState::Closed] => CaseState::Open,
        "open" "reopenCase" "Reopen a case" "The work goes on, or the hold is lifted.";
}
