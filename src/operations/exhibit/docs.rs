//! The texts of the API's description for the admission of a file, which is not a `Request`.

use crate::operations::Docs;

pub(crate) const ADMIT: Docs = Docs {
    id: "admitExhibit",
    tag: "Exhibits",
    summary: "Admit a file",
    description: "The file is the body. It is read while it arrives, and admitted whole or not at all. With \
        `dry_run=true` it is read to the end and not admitted: 200 with a report of the same counts. Both reports \
        compare the file with itself only: a row that only the case had counts as admitted, and becomes no second \
        record. Who may look up sees in the list of exhibits how many those are. With `preview=true` only the beginning is \
        looked at: 200 with the columns by name, what kind of values each has, and the draft of a mapping; no cell is \
        quoted.",
    request: "",
    answer: r#"{"exhibit": "x_0123456789abcdefghjk", "digest":
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "digest_salt":
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "commitment":
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "format": "supplier-csv",
        "format_evidence": "its header", "rows": 1200, "admitted": 1190, "duplicates": 8,
        "duplicates_by_rule": [{"rule": "reference-and-time", "rows": 8}],
        "quarantined": 2, "lines": {"total": 1201, "admitted": 1190, "duplicates": 8, "quarantined": 2, "skipped":
        {"header": 1}, "skipped_records": {}}, "unknown_countries": 0,
        "blank_accounts": 0, "numbers": 800, "numbers_by_region": 0, "dropped_columns": ["body"], "rejects":
        [{"line": 17, "column": "number", "kind": "not-a-number"}]}"#,
    problems: &[
        "not-found",
        "case-closed",
        "malformed-query",
        "unreadable",
        "not-admitted",
        "admission-in-progress",
        "already-admitted",
        "admission-cancelled",
    ],
};

/// An example of the answer to a dry run.
pub(crate) const DRY_RUN: &str = r#"{"digest": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "format":
    "supplier-csv", "format_evidence": "its header", "rows": 1200, "readable": 1198, "duplicates": 8,
    "duplicates_by_rule": [{"rule": "reference-and-time", "rows": 8}], "unknown_countries": 0, "blank_accounts": 0,
    "quarantined": 2, "quarantined_by_kind": [{"kind": "not-a-number", "rows": 2}], "lines": {"total": 1201,
    "admitted": 1190, "duplicates": 8, "quarantined": 2, "skipped": {"header": 1}, "skipped_records": {}},
    "numbers": 800, "numbers_by_region": 0, "dropped_columns": ["body"], "rejects": [{"line": 17, "column": "number", "kind":
    "not-a-number"}, {"line": 40, "column": "number", "kind": "not-a-number"}]}"#;
