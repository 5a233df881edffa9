//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Cases",
    name: "Destruction",
    many: "destructions",
    ask: {
        id: "requestDestruction",
        summary: "Ask for the destruction of a case",
        description: "A lead asks and a custodian decides. Nothing is destroyed by the approval: a delay runs, and then \
            somebody carries it out. A hold is in the way, and stops what was asked for before it.",
        request: r#"{"reason": "the retention period is over"}"#,
        answer: r#"{"destruction": "d_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-28T22:34:49Z"}"#,
        problems: ["case-state"],
    },
    list: {
        summary: "List the destructions of a case",
        description: "The destructions of a case.",
    },
    read: {
        summary: "Read a destruction",
        description: "What would end with the case, and from when it can be carried out. Counts are of each file alone, \
            rounded for a custodian who did not admit it.",
        example: r#"{"destruction": "d_0123456789abcdefghjk", "case": "c_0123456789abcdefghjk", "state": "approved",
            "asked_by": "lead.one", "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-04-23T22:34:49Z",
            "decided_by": "custodian.one", "decided_at": "2024-03-21T23:34:49Z", "reason":
            "the retention period is over", "decision_reason": "the notices were sent", "delay_s": 259200,
            "not_before": "2024-03-24T23:34:49Z", "due": false, "exhibits": [{"exhibit":
            "x_0123456789abcdefghjk", "messages": 1200, "numbers": 800}]}"#,
    },
    decide: {
        summary: "Decide a destruction",
        description: " A yes starts the delay; any lead or custodian of the case can stop it.",
        reason: "checked against the retention plan",
    },
};

pub(crate) const STOP: Docs = Docs {
    id: "stopDestruction",
    tag: "Cases",
    summary: "Stop a destruction",
    description: "Any lead or custodian of the case stops a destruction that was approved, until it is carried out. It can be \
        asked for anew.",
    request: r#"{"reason": "a court asked to keep it"}"#,
    answer: "{}",
    problems: &["not-found", "case-closed", "wrong-state", "expired"],
};

pub(crate) const CARRY_OUT: Docs = Docs {
    id: "carryOutDestruction",
    tag: "Cases",
    summary: "Carry a destruction out",
    description: "Any lead or custodian of the case, once the delay is over and before it expires. The case ends with this \
        act: its keys leave the keyring, its rows are deleted, and a certificate is signed. Nothing brings it back.",
    request: r#"{"reason": "the delay is over and nobody objected"}"#,
    answer: r#"{"case": "c_0123456789abcdefghjk", "state": "destroyed"}"#,
    problems: &[
        "not-found",
        "case-closed",
        "delay-runs",
        "wrong-state",
        "expired",
        "asker-gone",
        "decider-gone",
        "result-changed",
    ],
};

pub(crate) const CERTIFICATE: Docs = Docs {
    id: "readCertificate",
    tag: "Cases",
    summary: "Read the certificate of a destruction",
    description: "What was destroyed and by whom, and the signed certificate: a signed note (c2sp.org/signed-note) under the \
        key of the log, and the leaf whose digest is SHA-256 over it. With `Accept: text/plain` the note alone. While the \
        rows of the case are being deleted there is no note yet. `not-found` for a case that was not destroyed.",
    request: "",
    answer: r#"{"case": "c_0123456789abcdefghjk", "title": "Text message log", "reference": "IR-2024-17", "state":
        "shredding"}"#,
    problems: &["not-found", "case-closed"],
};
