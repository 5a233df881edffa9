//! `POST /cases/{case}/raises`: what a member sends to ask for more lookup points, and what comes back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::schema::PageCursor;
use crate::domain::{Moment, RaiseId, Reason};
use crate::operations::sheet::{Sheet, asked_columns};
use crate::operations::two_person::{StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Raise, RaiseView, RaiseWanted, RequestPage, ShownState};
use crate::vault::{OperationError, Why};

/// A request for more lookup points, for the asker.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRaiseInput {
    /// Points in addition to the usual ones.
    #[schema(minimum = 1, maximum = 100_000)]
    pub points: u32,
    /// When the points end: in at most 31 days.
    #[schema(value_type = Moment)]
    pub until: String,
    /// Why they are needed; the decider reads it.
    #[schema(value_type = Reason)]
    pub reason: String,
}

/// A raise that was requested and is not decided yet.
#[derive(Serialize, ToSchema)]
pub struct RequestedRaise {
    /// The id of the raise.
    pub raise: RaiseId,
    /// Its state: `requested`.
    pub state: ShownState,
    /// When the request expires if nobody decides it.
    pub expires_at: Moment,
}

/// The raises of a case.
#[derive(Serialize, ToSchema)]
pub struct RaiseList {
    /// The raises, newest first.
    pub raises: Vec<RaiseView>,
    /// The `after` of the next page; null on the last one.
    #[schema(value_type = Option<PageCursor>)]
    pub next: Option<String>,
}

impl Sheet for RaiseList {
    const ROWS: &'static str = "raises";
    const COLUMNS: &'static [&'static str] = asked_columns!("raise", "points", "until");
}

impl From<RequestPage<RaiseView>> for RaiseList {
    fn from(page: RequestPage<RaiseView>) -> Self {
        Self {
            raises: page.requests,
            next: page.next,
        }
    }
}

impl TwoPerson for Raise {
    const DOCS: StepDocs = docs::STEPS;
    type Input = RequestRaiseInput;
    type Requested = RequestedRaise;
    type Listed = RaiseList;

    fn wanted(_: &Ids, input: RequestRaiseInput) -> Result<(RaiseWanted, Why), OperationError> {
        let until = input
            .until
            .parse()
            .map_err(|error| OperationError::invalid("until", error))?;
        let points = input.points;
        Ok((RaiseWanted { points, until }, only_reason(&input.reason)?))
    }

    fn detail(wanted: &RaiseWanted) -> Value {
        json!({ "points": wanted.points, "until": wanted.until })
    }

    fn requested(raise: RaiseId, expires_at: Moment) -> RequestedRaise {
        RequestedRaise {
            raise,
            state: ShownState::Requested,
            expires_at,
        }
    }
}
