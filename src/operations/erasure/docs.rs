//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Records",
    name: "Erasure",
    many: "erasures",
    ask: {
        id: "requestErasure",
        summary: "Ask for the erasure of one person's number",
        description: "An investigator or a lead passes on what a person asked for, with the number or the token of the \
            subject; a lead or a custodian decides. For a number the answer is the same whether an exhibit has it \
            or not, and the price is too. A hold is in the way, and stops what was asked for before it.",
        request: r#"{"number": "+447700900123", "purpose": "victim-inquiry",
            "reason": "the person asked for it by letter"}"#,
        answer: r#"{"erasure": "f_0123456789abcdefghjk", "state": "requested", "expires_at": "2024-03-28T22:34:49Z"}"#,
        problems: ["case-state", "budget-spent", "over-budget", "lookups-frozen"],
    },
    list: {
        summary: "List the erasures of a case",
        description: "The erasures of a case.",
        problems: ["budget-spent"],
    },
    read: {
        summary: "Read an erasure",
        description: "Who asked and why. Leads and investigators are told what a lookup would have told when this was \
            asked; a custodian is not.",
        example: r#"{"erasure": "f_0123456789abcdefghjk", "state": "requested", "asked_by": "investigator.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-28T22:34:49Z", "purpose": "victim-inquiry",
            "reason": "the person asked for it by letter", "named_by": "number", "subject": "S-7Q4M2KXA",
            "exposed": true}"#,
        problems: ["budget-spent"],
    },
    decide: {
        summary: "Decide an erasure",
        description: " A yes changes nothing yet: a lead or a custodian carries it out.",
        reason: "the letter was checked",
    },
};

pub(crate) const CARRY_OUT: Docs = Docs {
    id: "carryOutErasure",
    tag: "Records",
    summary: "Carry an erasure out",
    description: "A lead or a custodian of the case, before it expires. From this act on the number is answered as \
        absent. The vault then overwrites its sealed value, its tag and what else names it; the leaf `erasure.finish` \
        says when that is done. The records stay, with an anonymous code. Nothing brings the number back.",
    request: r#"{"reason": "the decision was checked"}"#,
    answer: r#"{"erasure": "f_0123456789abcdefghjk", "state": "used"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "admission-in-progress",
        "wrong-state",
        "expired",
        "asker-gone",
        "decider-gone",
    ],
};
