//! The texts of the API's description for these operations.

use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Exhibits",
    name: "Withdrawal",
    many: "withdrawals",
    ask: {
        id: "requestWithdrawal",
        summary: "Ask for a withdrawal",
        description: "Asks to take an exhibit out of all answers. Somebody else decides. Leads are shown how it differs from \
            the rest of the case, so it costs a difference of exhibits and 10 points.",
        request: r#"{"reason": "the wrong file was sent"}"#,
        answer: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: ["exhibit-withdrawn", "budget-spent", "over-budget", "lookups-frozen"],
    },
    list: {
        summary: "List the withdrawals of a case",
        description: "The withdrawals of a case.",
    },
    read: {
        summary: "Read a withdrawal",
        description: "How many messages and numbers would go with the exhibit. What compares it with the case \
            (`numbers_only_here`, `later_duplicates`) is told to leads only, and rests on the exhibits that counted \
            when this was asked; `changed_since` says whether an exhibit came or went since. A custodian gets the counts of the exhibit's \
            file, rounded if somebody else admitted it.",
        example: r#"{"withdrawal": "w_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "exhibit": "x_0123456789abcdefghjk", "reason":
            "the wrong file was sent", "decision_reason": null, "messages": 1200, "numbers": 800,
            "numbers_only_here": 40, "changed_since": false, "later_duplicates": []}"#,
    },
    decide: {
        summary: "Decide a withdrawal",
        description: " A yes takes the exhibit out at once.",
        reason: "checked against the notice",
        problems: ["exhibit-withdrawn"],
    },
};
