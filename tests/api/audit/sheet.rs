//! Leaves as CSV over the API.

use serde_json::json;
use ureq::http::Method;

use crate::support::{Incident, body};

#[test]
fn a_search_leaves_as_csv_with_numbers_names_and_reasons() {
    let incident = Incident::new();
    let reason = "=cmd|' /C calc'!A0, or so";
    let mut asked = body::look_up(&["+447700900001"]);
    asked["reason"] = json!(reason);
    let path = incident.of_case("/lookups");
    let leaf = incident.investigator().post(&path, &asked).leaf().unwrap();
    let query = json!({ "action": "record.lookup" }).to_string();
    let ask = |accept: &str| {
        let headers = [("content-type", "application/json"), ("accept", accept)];
        let path = "/api/v1/audit/leaves/search";
        let auditor = incident.auditor();
        let answer = auditor.send(Method::POST, path, &headers, query.as_bytes());
        answer.assert_status(200)
    };
    let sheet = ask("text/csv");
    assert_eq!(
        sheet.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert!(sheet.leaf().is_some());
    let mut rows = csv::Reader::from_reader(sheet.body.as_slice());
    let heads = rows.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    let cell = |name: &str| &rows[0][heads.iter().position(|head| head == name).unwrap()];
    assert_eq!(cell("seq"), leaf.to_string());
    assert_eq!(cell("operator_name"), "investigator");
    assert_eq!(cell("title"), "SMS logs of March");
    // A spreadsheet does not run it.
    assert_eq!(cell("reason"), format!("'{reason}"));
    let json = ask("application/json").json();
    assert_eq!(json["leaves"][0]["reason"], reason);
    assert_eq!(json["leaves"][0]["seq"], leaf);
}
