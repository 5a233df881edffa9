//! What the API's description says about these operations.

use crate::operations::Docs;

pub(crate) const REQUEST: Docs = Docs {
    id: "requestRaise",
    tag: "Budgets",
    summary: "Ask for more lookup points",
    description: "Asks for lookup points beside the usual ones, for oneself and until an end of at most 31 \
        days. Another lead decides.",
    request: r#"{"points": 500, "until": "2024-03-28T22:34:49Z", "reason":
        "a list of 600 numbers came from the carrier"}"#,
    answer: r#"{"raise": "b_0123456789abcdefghjk", "state": "requested", "expires_at":
        "2024-03-21T22:34:49Z"}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const LIST: Docs = Docs {
    id: "listRaises",
    tag: "Budgets",
    summary: "List the raises of a case",
    description: "What was asked, newest first.",
    request: "",
    answer: r#"{"raises": [{"raise": "b_0123456789abcdefghjk", "state": "requested", "asked_by":
        "lead.one", "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z",
        "decided_by": null, "decided_at": null, "reason":
        "a list of 600 numbers came from the carrier", "decision_reason": null, "points": 500,
        "until": "2024-03-28T22:34:49Z"}]}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const READ: Docs = Docs {
    id: "readRaise",
    tag: "Budgets",
    summary: "Read a raise",
    description: "How many points, for whom, why and until when.",
    request: "",
    answer: r#"{"raise": "b_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
        "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
        null, "decided_at": null, "reason": "a list of 600 numbers came from the carrier",
        "decision_reason": null, "points": 500, "until": "2024-03-28T22:34:49Z"}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const DECIDE: Docs = Docs {
    id: "decideRaise",
    tag: "Budgets",
    summary: "Decide a raise",
    description: "A lead who did not ask says yes or no. A yes gives the points at once; it takes the place \
        of an earlier raise.",
    request: r#"{"decision": "approve", "reason": "the list is known to the lead"}"#,
    answer: r#"{"state": "approved"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "own-request",
        "wrong-state",
        "expired",
        "result-changed",
    ],
};
