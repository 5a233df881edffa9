//! What the API's description says about these operations.

use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Cases",
    name: "Membership",
    many: "memberships",
    ask: {
        id: "nameMember",
        summary: "Give an operator a role in a case",
        description: "Adds a member, changes a role, or lets a suspended member in again. A liaison speaks for \
            one account and sees that alone; an account that no exhibit has is refused with the names that are near \
            to it, unless `account_not_in_log` says that this is known. While the case has no other lead, it is done \
            at once. Otherwise it is a request that another lead decides.",
        request: r#"{"role": "liaison", "account": "acme"}"#,
        answer: r#"{"state": "requested", "membership": "m_0123456789abcdefghjk", "expires_at":
            "2024-03-22T22:34:49Z"}"#,
        problems: ["outside-cases", "own-membership"],
    },
    list: {
        summary: "List the memberships that were asked for",
        description: "What was asked.",
    },
    read: {
        summary: "Read a membership that was asked for",
        description: "Who would get which role.",
        example: r#"{"membership": "m_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "reason": "she joins the team", "decision_reason": null,
            "operator": "o_0123456789abcdefghjk", "name": "investigator", "role": "investigator"}"#,
    },
    decide: {
        summary: "Decide a membership",
        description: " A lead does it. A yes gives the role at once.",
        reason: "she joins the team",
        problems: ["outside-cases"],
    },
};
