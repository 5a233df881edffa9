//! The texts of the API's description for these operations.

use crate::operations::Docs;
use crate::operations::two_person::{StepDocs, step_docs};

pub(crate) const STEPS: StepDocs = step_docs! {
    tag: "Exhibits",
    name: "Quarantine",
    many: "quarantines",
    ask: {
        id: "requestQuarantine",
        summary: "Ask for the rows of a quarantine",
        description: "Asks for the rows of an exhibit that could not be admitted, so that the original can be \
            corrected by line. With the form `masked` the asker sees them once, without a digit or a letter of a \
            cell. With the form `list` they leave with the cells of the mapped columns, sealed to named receivers; a \
            custodian hands the package out. Somebody else decides either.",
        request: r#"{"reason": "the supplier corrects the file", "form": "list", "recipients": [{"name":
            "Example Telephony, data team", "key":
            "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}], "legal_basis":
            "contract, section 9"}"#,
        answer: r#"{"quarantine": "q_0123456789abcdefghjk", "state": "requested", "expires_at":
            "2024-03-21T22:34:49Z"}"#,
        problems: ["exhibit-withdrawn", "budget-spent", "over-budget", "lookups-frozen"],
    },
    list: {
        summary: "List the requests for rows in quarantine",
        description: "The requests of a case for rows in quarantine.",
    },
    read: {
        summary: "Read a request for rows in quarantine",
        description: "How many rows would be shown masked; or how many would leave, by the column at fault and by \
            kind, which columns have cells among them, and who could open them. A custodian who did not admit the \
            exhibit is told rounded counts.",
        example: r#"{"quarantine": "q_0123456789abcdefghjk", "state": "requested", "asked_by": "lead.one",
            "asked_at": "2024-03-21T22:34:49Z", "expires_at": "2024-03-22T22:34:49Z", "decided_by":
            null, "decided_at": null, "exhibit": "x_0123456789abcdefghjk", "reason":
            "the supplier corrects the file", "decision_reason": null, "form": "list", "rows": 12, "list":
            {"recipients": [{"name": "Example Telephony, data team", "key":
            "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}], "legal_basis":
            "contract, section 9", "columns": ["account", "number", "sent_at"], "faults": [{"column": "number",
            "kind": "not-a-number", "rows": 12}], "tagmanifest_sha256": null, "receipt": null}}"#,
    },
    decide: {
        summary: "Decide a request for rows in quarantine",
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
        stands for a digit and A or a for a letter. Of a request with the form `masked`.",
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
        "decider-gone",
        "result-changed",
        "exhibit-withdrawn",
        "damaged",
        "node-silent",
    ],
};

pub(crate) const CANCEL: Docs = Docs {
    id: "cancelQuarantineList",
    tag: "Exhibits",
    summary: "Stop the sealed list of a quarantine",
    description: "The lead who asked for the list, or a custodian, stops it while it is being built, as the package of an export \
        is stopped.",
    request: "",
    answer: r#"{"state": "cancelling"}"#,
    problems: &["not-found", "case-closed"],
};

pub(crate) const TAKE: Docs = Docs {
    id: "takeQuarantineList",
    tag: "Exhibits",
    summary: "Take the sealed list of a quarantine",
    description: "The package of an approved request with the form `list`, built when it is first taken: line, column, \
        kind and the cells of the mapped columns of each row, as CSV and JSON sealed to the receivers, with the \
        approval. A custodian hands it out. `Range` and `If-Range` go on where a download broke off; that is decided \
        anew. The vault deletes its copy when the package is acknowledged, and 30 days after it was first taken.",
    request: "",
    answer: "",
    problems: &[
        "not-found",
        "case-closed",
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
    id: "acknowledgeQuarantineList",
    tag: "Exhibits",
    summary: "Record that a sealed list arrived",
    description: "Records that the receiver has the list, with the digest that they read from its package. The vault \
        then deletes its copy of the package.",
    request: r#"{"tagmanifest_sha256":
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "received_by":
        "Example Telephony, data team", "reason": "confirmed by telephone"}"#,
    answer: r#"{"package_deleted": true}"#,
    problems: &["not-found", "wrong-state"],
};
