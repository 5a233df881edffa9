//! `POST /cases/{case}/raises`: what a member sends to ask for more lookup points, and what comes back.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::{Moment, Reason};
use crate::operations::sheet::asked_columns;
use crate::operations::two_person::{Requested, StepDocs, TwoPerson, step_docs};
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
    const DOCS: StepDocs = STEPS;
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

/// What the API's description says about these operations.
const STEPS: StepDocs = step_docs! {
    tag: "Budgets",
    name: "Raise",
    many: "raises",
    ask: {
        id: "requestRaise",
        summary: "Ask for more lookup points",
        description: "Asks for lookup points beside the usual ones, for oneself and until an end of at most 31 \
            days. Another lead decides.",
        request: r#"{"points": 500, "until": "2024-03-28T22:34:49Z", "reason":
            "a list of 600 numbers came from the carrier"}"#,
        answer: r#"{"raise": "b_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: [],
    },
    list: {
        summary: "List the raises of a case",
        description: "What was asked.",
    },
    read: {
        summary: "Read a raise",
        description: "How many points, for whom, why and until when.",
        example: r#"{"raise": "b_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "reason": "a list of 600 numbers came from the carrier",
            "decision_reason": null, "points": 500, "until": "2024-03-28T22:34:49Z"}"#,
    },
    decide: {
        summary: "Decide a raise",
        description: " A lead does it. A yes gives the points at once; it takes the place of an earlier raise.",
        reason: "the list is known to the lead",
    },
};
