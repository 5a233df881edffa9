//! `POST /cases/{case}/raises`: what a member sends to ask for more lookup points, and what comes back.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::docs;
use crate::domain::{Moment, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson};
use crate::operations::{Ids, only_reason};
use crate::vault::scope::requests::{Raise, RaiseWanted};
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

impl TwoPerson for Raise {
    const DOCS: StepDocs = docs::STEPS;
    const COLUMNS: &'static [&'static str] = asked_columns!("raise", "points", "until");
    type Input = RequestRaiseInput;
    type Requested = Requested<Self>;

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
}
