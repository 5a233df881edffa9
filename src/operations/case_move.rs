//! Moves of a case that two people decide: closing it and lifting its hold. A lead asks by closing or reopening it
//! (`case::CloseCase`, `case::ReopenCase`); another lead or a custodian decides.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{CaseMoveId, Moment, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{
    AskedAt, Decide, List, Read, Requested, StepDocs, TwoPerson, step_docs,
};
use crate::operations::{Ids, only_reason};
use crate::policy::CaseState;
use crate::vault::scope::requests::CaseMove;
use crate::vault::{OperationError, Why};

/// Lists the moves that were asked for in a case.
pub type ListMoves = List<CaseMove>;
/// Shows one move that was asked for, as its decider sees it.
pub type ReadMove = Read<CaseMove>;
/// Approves or denies a move. If approved, the case has the other state at once.
pub type DecideMove = Decide<CaseMove>;

/// Why a case changes its state.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// Why the case is closed, held or reopened.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A case that changed its state, or that somebody else decides about.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseMoved {
    /// The state that it has now.
    #[schema(value_type = CaseState)]
    pub state: &'static str,
    /// The id of the request that somebody else decides; absent if the state changed at once.
    #[serde(rename = "move", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub asked: Option<CaseMoveId>,
    /// When that request expires if nobody decides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<Moment>,
    /// How many requests for a destruction, an erasure or a move the hold stopped; absent if no hold was put.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub requests_ended: Option<usize>,
}

impl CaseMoved {
    /// The case has this state now.
    pub(in crate::operations) fn to(state: CaseState) -> Self {
        Self {
            state: state.as_str(),
            asked: None,
            expires_at: None,
            requests_ended: None,
        }
    }

    /// The case has this state until somebody else decides.
    pub(in crate::operations) fn waits(state: CaseState, asked: CaseMoveId, until: Moment) -> Self {
        Self {
            asked: Some(asked),
            expires_at: Some(until),
            ..Self::to(state)
        }
    }
}

/// Closing is asked for in an open case only.
impl From<Requested<CaseMove>> for CaseMoved {
    fn from(requested: Requested<CaseMove>) -> Self {
        Self::waits(CaseState::Open, requested.id, requested.expires_at)
    }
}

impl TwoPerson for CaseMove {
    const DOCS: StepDocs = STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!("move", "case", "from", "to");
    type Input = MoveInput;
    type Requested = CaseMoved;
    const ASKED_AT: AskedAt = AskedAt::OtherAct;

    fn wanted(_: &Ids, input: MoveInput) -> Result<(CaseState, Why), OperationError> {
        Ok((CaseState::Closed, only_reason(&input.reason)?))
    }

    fn detail(to: &CaseState) -> Value {
        json!({ "to": to.as_str() })
    }
}

/// What the API's description says about these operations.
const STEPS: StepDocs = step_docs! {
    tag: "Cases",
    name: "CaseMove",
    many: "moves",
    ask: {
        id: "closeCase",
        summary: "Ask to close a case",
        description: "The work is done. Another lead or a custodian of the case decides, and a yes closes it. Then nothing is \
            looked up, admitted, decided or handed out any more; requests that wait stay as they are, run out in their \
            time, and can be decided after a reopening. The hold of a case is lifted before it is closed.",
        request: r#"{"reason": "the last notice was sent"}"#,
        answer: r#"{"state": "open", "move": "v_0123456789abcdefghjk", "expires_at": "2024-03-22T22:34:49Z"}"#,
        problems: ["case-state"],
    },
    list: {
        summary: "List the moves that were asked for",
        description: "Who asked to close the case or to lift its hold.",
    },
    read: {
        summary: "Read a move that was asked for",
        description: "From which state to which the case would go, and who put the hold that would be lifted.",
        example: r#"{"move": "v_0123456789abcdefghjk", "case": "c_0123456789abcdefghjk", "state": "requested",
            "asked_by": "lead.one", "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z",
            "decided_by": null, "decided_at": null, "reason": "the court has decided", "decision_reason": null,
            "from": "held", "to": "open", "hold": {"by": "lead.two", "at": "2024-03-20T09:00:00Z", "reason":
            "a court asked to keep it"}}"#,
    },
    decide: {
        summary: "Decide a move",
        description: " Another lead or a custodian does it. A yes closes the case, or lifts its hold, at once.",
        reason: "the court's letter is in the file",
    },
};
