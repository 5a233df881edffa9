//! What the API's description says about these operations.

use crate::operations::Docs;

pub(crate) const REQUEST: Docs = Docs {
    id: "nameMember",
    tag: "Cases",
    summary: "Give an operator a role in a case",
    description: "Adds a member, changes a role, or lets a suspended member in again. A liaison speaks for \
        one account and sees that alone; an account that no exhibit has is refused with the names that are near \
        to it, unless `account_not_in_log` says that this is known. While the case has no other lead, it is done at once. Otherwise \
        it is a request that another lead decides.",
    request: r#"{"role": "liaison", "account": "acme"}"#,
    answer: r#"{"state": "requested", "membership": "m_0123456789abcdefghjk", "expires_at":
        "2024-03-22T22:34:49Z"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "outside-cases",
        "own-membership",
    ],
};

pub(crate) const LIST: Docs = Docs {
    id: "listMemberships",
    tag: "Cases",
    summary: "List the memberships that were asked for",
    description: "What was asked, newest first.",
    request: "",
    answer: r#"{"memberships": [{"membership": "m_0123456789abcdefghjk", "state": "requested",
        "asked_by": "lead.one", "asked_at": "2024-03-21T22:34:49Z", "expires_at":
        "2024-03-22T22:34:49Z", "decided_by": null, "decided_at": null, "reason":
        "she joins the team", "decision_reason": null, "operator": "o_0123456789abcdefghjk",
        "name": "investigator", "role": "investigator"}]}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const READ: Docs = Docs {
    id: "readMembership",
    tag: "Cases",
    summary: "Read a membership that was asked for",
    description: "Who would get which role.",
    request: "",
    answer: r#"{"membership": "m_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
        "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
        null, "decided_at": null, "reason": "she joins the team", "decision_reason": null,
        "operator": "o_0123456789abcdefghjk", "name": "investigator", "role": "investigator"}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const DECIDE: Docs = Docs {
    id: "decideMembership",
    tag: "Cases",
    summary: "Decide a membership",
    description: "Another lead than the asker says yes or no. A yes gives the role at once.",
    request: r#"{"decision": "approve", "reason": "she joins the team"}"#,
    answer: r#"{"state": "approved"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "own-request",
        "wrong-state",
        "expired",
        "asker-gone",
        "result-changed",
        "outside-cases",
    ],
};
