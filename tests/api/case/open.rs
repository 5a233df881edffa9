//! A new case.

use serde_json::json;

use crate::support::{Incident, body};

#[test]
fn a_case_is_opened_by_a_lead_who_leads_it() {
    let incident = Incident::new();
    let case = incident.open_case();
    let read = incident.lead().get(&format!("/cases/{case}"));
    let json = read.assert_status(200).json();
    assert_eq!(json["state"], "open");
    assert_eq!(json["role"], "lead");
    assert_eq!(json["title"], "SMS logs of March");
    let cases = incident.lead().get("/cases").assert_status(200).json();
    assert_eq!(cases["cases"].as_array().unwrap().len(), 2);
    let cases = incident.outsider().get("/cases").assert_status(200).json();
    assert_eq!(cases["cases"].as_array().unwrap().len(), 0);
    let asked = json!({ "title": "x", "reference": "y", "reason": body::REASON });
    let answer = incident.investigator().post("/cases", &asked);
    answer.assert_problem(403, "not-allowed");
}
