//! What the API's description says about these operations.

use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
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
