//! Files that are looked at and not admitted, and files that are refused and come again.

use serde_json::json;

use crate::support::{Empty, Incident, Log, csv_of};

const ROW: (&str, &str, &str) = ("one", "+447700900001", "2024-03-10T12:00:00Z");
const NATIONAL: (&str, &str, &str) = ("one", "abc123", "2024-03-10T12:00:00Z");

#[test]
fn a_dry_run_says_the_same_of_a_file_whatever_the_case_holds() {
    let (empty, full) = (
        Empty::new(),
        Incident::with("", Log::read_short(csv_of(&[ROW]))),
    );
    let file = csv_of(&[ROW, ROW, NATIONAL]);
    let one = empty.upload("?dry_run=true", &file).assert_status(200);
    let path = full.of_case("/exhibits?dry_run=true");
    let two = full.custodian().upload(&path, &file).assert_status(200);
    assert_eq!(one.json(), two.json());
    assert_eq!(one.json()["duplicates"], 1);
    assert_eq!(one.json()["readable"], 2);
    assert_eq!(one.json().get("refused"), None);
    assert!(one.leaf().is_some());
    assert_eq!(empty.exhibits(), Vec::<serde_json::Value>::new());
    full.lead()
        .upload(&path, &file)
        .assert_problem(403, "not-allowed");
}

#[test]
fn a_refusal_has_its_report_and_the_same_bytes_may_come_again() {
    let empty = Empty::new();
    let file = csv_of(&[NATIONAL]);
    let refused = empty.upload("", &file).assert_problem(422, "not-admitted");
    let json = refused.json();
    assert_eq!(json["report"]["rows"], 1);
    assert_eq!(
        json["report"]["rejects"],
        json!([{ "line": 2, "column": "number", "kind": "not-a-number" }])
    );
    assert!(
        json["rule"]
            .as_str()
            .unwrap()
            .contains("the column of the number"),
        "{json}"
    );
    assert!(!refused.text().contains("abc123"), "{json}");
    assert!(refused.leaf().is_some());
    for _ in 0..2 {
        let taken = empty
            .upload("?accept_quarantined=true", &file)
            .assert_status(201);
        assert_eq!(taken.json()["admitted"], 0);
    }
    for query in ["?dry_run=yes", "?accept_quarantined=1"] {
        empty.upload(query, &file).assert_problem(422, "invalid");
    }
}
