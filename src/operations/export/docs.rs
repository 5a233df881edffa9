//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Exports",
    name: "Export",
    many: "exports",
    ask: {
        id: "requestExport",
        summary: "Ask for an export",
        description: "Asks for a package, sealed to named receivers. Somebody else decides. A scope report is counted \
            now and goes into the ledger of releases. If the counts of the newest exhibits could disclose people \
            together with those given out before, it counts the exhibits of an earlier one (`report_exhibits`); only \
            if there is none, it is refused. The package is of the exhibits that count now: those that are admitted later are \
            not in it, and once one of them is withdrawn it is not handed out.",
        request: r#"{"profile": "account-notice", "filter": {"account": ["acme"]}, "recipients":
            ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"], "purpose":
            "notification", "reason": "the account tells its users", "legal_basis":
            "contract, section 9"}"#,
        answer: r#"{"export": "e_0123456789abcdefghjk", "state": "requested", "expires_at":
             "2024-03-28T22:34:49Z"}"#,
        problems: ["budget-spent", "over-budget", "lookups-frozen", "cut-too-close", "result-changed",
            "exhibit-withdrawn"],
    },
    list: {
        summary: "List the exports of a case",
        description: "The exports of a case. A custodian gets them without filter and counts.",
    },
    read: {
        summary: "Read an export",
        description: "How many messages and numbers the package would hold, and for whom it is. A custodian is told \
            for whom and why it is, without the filter and the counts: who has to know those leaves the decision to a lead.",
        example: r#"{"export": "e_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "profile": "account-notice", "purpose": "notification",
            "reason": "the account tells its users", "legal_basis": "contract, section 9", "account":
            "acme", "filter": {"account": ["acme"]}, "recipients":
            ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"], "messages": 120,
            "numbers": 80, "decision_reason": null, "tagmanifest_sha256": null, "receipt": null}"#,
    },
    decide: {
        summary: "Decide an export",
        description: "",
        reason: "checked against the notice",
        problems: ["exhibit-withdrawn"],
    },
};

pub(crate) const CANCEL: Docs = Docs {
    id: "cancelPackage",
    tag: "Exports",
    summary: "Stop a package",
    description: "Whoever asked for an export, or a custodian, stops its package while it is being built. Whoever takes it \
        gets `package-cancelled`, nothing of it stays, and it can be taken again. The state is `none` if it is not being \
        built, or is built already.",
    request: "",
    answer: r#"{"state": "cancelling"}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const TAKE: Docs = Docs {
    id: "takePackage",
    tag: "Exports",
    summary: "Take a package",
    description: "The package of an approved export, built when it is first taken. A tar file; all but its \
        manifest is sealed to the receivers. `Range` and `If-Range` go on where a download broke off; that is decided \
        anew. The vault deletes its copy when the package is acknowledged, and 30 days after it was first taken.",
    request: "",
    answer: "",
    problems: &[
        "not-found",
        "case-closed",
        "not-the-asker",
        "wrong-state",
        "package-cancelled",
        "expired",
        "asker-gone",
        "decider-gone",
        "result-changed",
        "exhibit-withdrawn",
        "package-deleted",
        "package-elsewhere",
        "range-not-satisfiable",
        "node-silent",
    ],
};

pub(crate) const ACKNOWLEDGE: Docs = Docs {
    id: "acknowledgeExport",
    tag: "Exports",
    summary: "Record that a package arrived",
    description: "Records that the receiver has the package, with the digest that they read from it. The vault then deletes its copy of the package.",
    request: r#"{"tagmanifest_sha256":
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "received_by":
        "Acme, security team", "reason": "confirmed by telephone"}"#,
    answer: r#"{"package_deleted": true}"#,
    problems: &["not-found", "case-closed", "wrong-state", "not-the-asker"],
};

pub(crate) const SIGNER: Docs = Docs {
    id: "readSigner",
    tag: "Exports",
    summary: "Read the key that signs packages",
    description: "A line of an `allowed_signers` file, as `ssh-keygen -Y verify` reads it.",
    request: "",
    answer: "breachvault namespaces=\"breachvault\" ssh-ed25519 AAAAC3Nz…\n",
    problems: &[],
};
