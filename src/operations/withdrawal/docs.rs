//! The texts of the API's description for these operations.

use crate::operations::Docs;

pub(crate) const REQUEST: Docs = Docs {
    id: "requestWithdrawal",
    tag: "Exhibits",
    summary: "Ask for a withdrawal",
    description: "Asks to take an exhibit out of all answers. Somebody else decides.",
    request: r#"{"reason": "the wrong file was sent"}"#,
    answer: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "expires_at":
        "2024-03-21T22:34:49Z"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "exhibit-withdrawn",
        "result-changed",
        "budget-spent",
        "over-budget",
        "lookups-frozen",
    ],
};

pub(crate) const LIST: Docs = Docs {
    id: "listWithdrawals",
    tag: "Exhibits",
    summary: "List the withdrawals of a case",
    description: "The withdrawals of a case, newest first.",
    request: "",
    answer: r#"{"withdrawals": [{"withdrawal": "w_0123456789abcdefghjk", "state": "requested",
        "asked_by": "lead.one", "asked_at": "2024-03-21T22:34:49Z", "expires_at":
        "2024-03-22T22:34:49Z", "decided_by": null, "decided_at": null, "exhibit":
        "x_0123456789abcdefghjk", "reason": "the wrong file was sent", "decision_reason": null,
        "messages": 1200, "numbers": 800, "numbers_only_here": 40, "later_duplicates": []}]}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const READ: Docs = Docs {
    id: "readWithdrawal",
    tag: "Exhibits",
    summary: "Read a withdrawal",
    description: "How many messages and numbers would go with the exhibit. What compares it with the case \
        (`numbers_only_here`, `later_duplicates`) is told to leads only; a custodian gets the counts of the exhibit's \
        file, rounded if somebody else admitted it.",
    request: "",
    answer: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
        "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
        null, "decided_at": null, "exhibit": "x_0123456789abcdefghjk", "reason":
        "the wrong file was sent", "decision_reason": null, "messages": 1200, "numbers": 800,
        "numbers_only_here": 40, "later_duplicates": []}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const DECIDE: Docs = Docs {
    id: "decideWithdrawal",
    tag: "Exhibits",
    summary: "Decide a withdrawal",
    description: "Somebody other than the asker approves or denies the withdrawal.",
    request: r#"{"decision": "approve", "reason": "checked against the notice"}"#,
    answer: r#"{"state": "approved"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "own-request",
        "wrong-state",
        "expired",
        "asker-gone",
        "result-changed",
        "exhibit-withdrawn",
    ],
};
