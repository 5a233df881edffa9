//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Exhibits",
    name: "Quarantine",
    many: "quarantines",
    ask: {
        id: "requestQuarantine",
        summary: "Ask to see a quarantine",
        description: "Asks to see the rows of an exhibit that could not be admitted, masked, so that the original can be \
            corrected by line. Somebody else decides.",
        request: r#"{"reason": "the supplier corrects the file"}"#,
        answer: r#"{"quarantine": "q_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: ["exhibit-withdrawn"],
    },
    list: {
        summary: "List the requests to see a quarantine",
        description: "The requests of a case to see rows in quarantine.",
    },
    read: {
        summary: "Read a request to see a quarantine",
        description: "How many rows would be shown, masked.",
        example: r#"{"quarantine": "q_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "exhibit": "x_0123456789abcdefghjk", "reason":
            "the supplier corrects the file", "decision_reason": null, "rows": 12}"#,
    },
    decide: {
        summary: "Decide a request to see a quarantine",
        description: "",
        reason: "the file is to be corrected",
        problems: ["exhibit-withdrawn"],
    },
};

pub(crate) const OPEN: Docs = Docs {
    id: "openQuarantine",
    tag: "Exhibits",
    summary: "See the rows of a quarantine",
    description: "The asker sees the rows once: line, column, kind, and the shape of the cell at fault, in which 9 \
        stands for a digit and A or a for a letter.",
    request: "",
    answer: r#"{"rows": [{"line": 17, "column": "number", "kind": "not-a-number", "shape": "9999999999"},
        {"line": 40, "column": null, "kind": "wrong-cell-count"}]}"#,
    problems: &[
        "not-found",
        "case-closed",
        "not-the-asker",
        "wrong-state",
        "expired",
        "asker-gone",
        "result-changed",
        "exhibit-withdrawn",
        "damaged",
    ],
};
