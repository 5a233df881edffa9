//! `POST /cases/{case}/raises`: how more lookup points are asked for.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{Moment, RaiseId, Reason};
use crate::operations::two_person::{StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Raise, RaiseView, RaiseWanted, ShownState};
use crate::vault::{OperationError, Why};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRaiseInput {
    /// Points beside the usual ones.
    #[schema(minimum = 1, maximum = 100_000)]
    pub points: u32,
    /// When they end: in at most 31 days.
    #[schema(value_type = Moment)]
    pub until: String,
    #[schema(value_type = Reason)]
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct RequestedRaise {
    pub raise: RaiseId,
    pub state: ShownState,
    pub expires_at: Moment,
}

#[derive(Serialize, ToSchema)]
pub struct RaiseList {
    pub raises: Vec<RaiseView>,
}

impl From<Vec<RaiseView>> for RaiseList {
    fn from(raises: Vec<RaiseView>) -> Self {
        Self { raises }
    }
}

impl TwoPerson for Raise {
    const DOCS: StepDocs = StepDocs {
        ask: docs::REQUEST,
        list: docs::LIST,
        read: docs::READ,
        decide: docs::DECIDE,
    };
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
