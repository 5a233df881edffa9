//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Reveals",
    name: "Reveal",
    many: "reveals",
    ask: {
        id: "requestReveal",
        summary: "Ask for a reveal",
        description: "Asks to see the numbers of subjects. Somebody else decides, and only the asker opens it.",
        request: r#"{"subjects": ["S-7Q4M2KXA"], "purpose": "notification", "reason":
            "the notice goes out on Monday"}"#,
        answer: r#"{"reveal": "r_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: ["budget-spent", "over-budget", "lookups-frozen"],
    },
    list: {
        summary: "List the reveals of a case",
        description: "The reveals of a case.",
        problems: ["budget-spent"],
    },
    read: {
        summary: "Read a reveal",
        description: "What an approval would show, with masked numbers.",
        example: r#"{"reveal": "r_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "purpose": "notification", "reason":
            "the notice goes out on Monday", "ticket": null, "decision_reason": null, "numbers": 1,
            "sample": [{"subject": "S-7Q4M2KXA", "number_masked": "+1 ••• ••• ••••", "messages":
            3}]}"#,
        problems: ["budget-spent"],
    },
    decide: {
        summary: "Decide a reveal",
        description: "",
        reason: "checked against the notice",
    },
};

pub(crate) const OPEN: Docs = Docs {
    id: "openReveal",
    tag: "Reveals",
    summary: "Open a reveal",
    description: "The asker sees the numbers of an approved reveal, once.",
    request: "",
    answer: r#"{"numbers": [{"subject": "S-7Q4M2KXA", "number": "+12025550142"}]}"#,
    problems: &[
        "not-found",
        "case-closed",
        "not-the-asker",
        "wrong-state",
        "expired",
        "asker-gone",
        "decider-gone",
        "result-changed",
        "exhibit-withdrawn",
        "node-silent",
    ],
};
