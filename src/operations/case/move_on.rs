//! `POST /cases/{case}/{close|hold|reopen}`: a case moves from state to state.
//!
//! open -> held, open -> closed, held -> open, closed -> open. A held case (legal
//! hold) cannot be closed. People work on it as before, and nothing in it may be destroyed.
//! Closing a case and lifting a hold only ask for it: somebody else decides (`operations/case_move.rs`).

use crate::domain::CaseId;
use crate::operations::case_move::{CaseMoved, MoveInput};
use crate::operations::two_person::Ask;
use crate::operations::{Docs, Ids, Request, only_reason};
use crate::policy::{CaseState, actions};
use crate::vault::scope::Scope;
use crate::vault::scope::requests::{CaseMove, Reopening};
use crate::vault::{Asking, Operation, OperationError, Target, Why};

/// Asks to close a case: the work is done.
pub type CloseCase = Ask<CaseMove>;

macro_rules! moves {
    ($($(#[$doc:meta])* $name:ident $id:literal $summary:literal $description:literal $answer:literal
        $problems:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name {
            case: CaseId,
            why: Why,
        }

        impl Request for $name {
            type Input = MoveInput;
            const DOCS: Docs = Docs {
                id: $id,
                tag: "Cases",
                summary: $summary,
                description: $description,
                request: r#"{"reason": "a court asked to keep it"}"#,
                answer: $answer,
                problems: $problems,
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
    /// Puts a case on legal hold: nothing in it may be destroyed.
    HoldCase "holdCase" "Put a case on hold" "A legal hold: the work goes on as before, the case cannot be closed, and \
            nothing in it may be destroyed. Whatever was asked for before, approved or not, and would destroy or erase \
            something or close the case, is stopped with this reason, and is asked for anew after the hold. One lead \
            does it; lifting it takes two people."
        r#"{"state": "held", "requests_ended": 1}"#
        &["not-found", "case-closed", "case-state"];
    /// Reopens a closed case, or asks to lift a hold.
    ReopenCase "reopenCase" "Reopen a case, or ask to lift its hold" "Of a closed case: the work goes on at once. Of a case \
            on hold: a request, which another lead or a custodian of the case decides; until then it stays on hold."
        r#"{"state": "held", "move": "v_0123456789abcdefghjk", "expires_at": "2024-03-22T22:34:49Z"}"#
        &["not-found", "case-closed", "case-state", "too-many-open"];
}

impl Operation for HoldCase {
    type Action = actions::HoldCase;
    type Answer = CaseMoved;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseMoved, OperationError> {
        let ended = scope.hold_case(&self.why)?;
        Ok(CaseMoved {
            requests_ended: Some(ended),
            ..CaseMoved::to(CaseState::Held)
        })
    }
}

impl Operation for ReopenCase {
    type Action = actions::ReopenCase;
    type Answer = CaseMoved;

    fn target(&self) -> Target {
        Target::Case(self.case.clone())
    }

    fn why(&self) -> Option<&Why> {
        Some(&self.why)
    }

    fn check(&self, asking: &Asking<'_>) -> Result<(), OperationError> {
        asking.room_for::<CaseMove>()
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<CaseMoved, OperationError> {
        Ok(match scope.reopen_case(&self.why)? {
            Reopening::Done => CaseMoved::to(CaseState::Open),
            Reopening::Asked(asked, until) => CaseMoved::waits(CaseState::Held, asked, until),
        })
    }
}
