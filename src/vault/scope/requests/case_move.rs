//! Moves of a case that two people decide: closing it, and lifting its hold. A lead asks, and another lead or a
//! custodian decides. The decision that approves is the move.
//!
//! Bound to the state of the case: if that changed, the request is refused. A hold, and a reopening, stop what waits,
//! so that nothing that was asked for before is approved after it. Putting a hold takes one lead, because it only
//! protects; it stops all that it is in the way of. Reopening a closed case takes one lead too: nothing ends with it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::asked_view::AskedView;
use super::destruction::Destruction;
use super::erasure::Erasure;
use super::kind::{RequestKind, Touched, seal};
use super::sealed::damaged;
use crate::domain::{CaseId, CaseMoveId, Moment};
use crate::policy::{CaseState, actions};
use crate::vault::keyring::RequestDigest;
use crate::vault::scope::{ByWhomView, Reading, Scope};
use crate::vault::{Conflict, OperationError, Settings, Why};

/// Closing a case, or lifting its hold.
pub enum CaseMove {}

/// What is sealed of a move, and covered by its digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseMoveBody {
    from: String,
    to: String,
}

/// A request as leads and custodians see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseMove)]
pub struct CaseMoveView {
    /// The id of the request.
    #[serde(rename = "move")]
    pub id: CaseMoveId,
    /// The case that would move.
    pub case: CaseId,
    /// Who asked and who decided.
    #[serde(flatten)]
    pub asked: AskedView,
    /// The state that the case had when it was asked: `open`, or `held` if its hold would be lifted.
    #[schema(value_type = CaseState)]
    pub from: String,
    /// The state that a yes gives it: `closed`, or `open` if its hold would be lifted.
    #[schema(value_type = CaseState)]
    pub to: String,
    /// Who put the hold that would be lifted, when and why; left out once it is lifted, and if a person did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hold: Option<ByWhomView>,
}

/// What became of a wish to reopen a case.
pub enum Reopening {
    /// It was closed, and is open now.
    Done,
    /// It is on hold; somebody else decides.
    Asked(CaseMoveId, Moment),
}

impl CaseMoveBody {
    fn states(&self) -> Result<(CaseState, CaseState), OperationError> {
        let parsed = |state: &str| state.parse().map_err(|_| damaged());
        Ok((parsed(&self.from)?, parsed(&self.to)?))
    }
}

impl seal::Listed for CaseMove {}

impl RequestKind for CaseMove {
    type Id = CaseMoveId;
    type Ask = actions::CloseCase;
    type List = actions::ListMoves;
    type Read = actions::ReadMove;
    type Decide = actions::DecideMove;
    /// Where to.
    type Wanted = CaseState;
    type Counted = ();
    type Body = CaseMoveBody;
    type After = ();
    type View = CaseMoveView;

    const AT_ONCE: bool = true;

    fn seconds(settings: &Settings) -> i64 {
        settings.reveal_s
    }

    fn body(
        reading: &Reading<'_>,
        to: CaseState,
        _: Option<&()>,
    ) -> Result<CaseMoveBody, OperationError> {
        let from = reading.case_row()?.state;
        match (from, to) {
            (CaseState::Open, CaseState::Closed) | (CaseState::Held, CaseState::Open) => {
                Ok(CaseMoveBody {
                    from: from.as_str().to_owned(),
                    to: to.as_str().to_owned(),
                })
            }
            _ => Err(OperationError::Conflict(Conflict::CaseState(from))),
        }
    }

    fn bind(
        reading: &Reading<'_>,
        _: &CaseMoveBody,
        digest: &mut RequestDigest,
    ) -> Result<(), OperationError> {
        digest.part(reading.case_row()?.state.as_str().as_bytes());
        Ok(())
    }

    fn stated(body: &CaseMoveBody) -> Vec<(&'static str, String)> {
        vec![("from", body.from.clone()), ("to", body.to.clone())]
    }

    fn touched(body: &CaseMoveBody) -> Touched<'_> {
        Touched {
            rows: 1,
            subjects: &[],
            detail: json!({ "from": body.from, "to": body.to }),
        }
    }

    fn approve(
        scope: &mut Scope<'_, actions::DecideMove>,
        body: &CaseMoveBody,
    ) -> Result<(), OperationError> {
        let (from, to) = body.states()?;
        scope.move_case(&[from], to)?;
        match from {
            CaseState::Held => scope.note_hold(None),
            _ => Ok(()),
        }
    }

    fn view(
        reading: &Reading<'_>,
        id: CaseMoveId,
        asked: AskedView,
        body: CaseMoveBody,
        (): (),
    ) -> Result<CaseMoveView, OperationError> {
        let hold = match body.states()?.0 {
            CaseState::Held => reading.hold()?,
            _ => None,
        };
        Ok(CaseMoveView {
            hold,
            id,
            case: reading.case_row()?.id.clone(),
            asked,
            from: body.from,
            to: body.to,
        })
    }
}

impl Scope<'_, actions::HoldCase> {
    /// Puts the case on hold, and stops what the hold is in the way of; answers how many requests that were.
    pub fn hold_case(&mut self, why: &Why) -> Result<usize, OperationError> {
        self.move_case(&[CaseState::Open], CaseState::Held)?;
        self.note_hold(Some(why))?;
        let kinds = [Destruction::NAME, Erasure::NAME, CaseMove::NAME];
        let stopped = self.stop_kinds(&kinds, why)?;
        let (ended, requests) = (stopped.open, stopped.ids);
        self.note_detail(json!({ "requests_ended": ended, "requests": requests }));
        Ok(ended)
    }
}

impl Scope<'_, actions::ReopenCase> {
    /// Opens a closed case again, or asks to lift the hold of one that is held.
    pub fn reopen_case(&mut self, why: &Why) -> Result<Reopening, OperationError> {
        if self.case_row()?.state == CaseState::Held {
            let (id, expires_at) = self.ask_by_this::<CaseMove>(CaseState::Open, why, None)?;
            return Ok(Reopening::Asked(id, expires_at));
        }
        self.move_case(&[CaseState::Closed], CaseState::Open)?;
        let stopped = self.stop_kinds(&[CaseMove::NAME], why)?;
        self.note_detail(json!({ "requests": stopped.ids }));
        Ok(Reopening::Done)
    }
}
