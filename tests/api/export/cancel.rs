//! A package is stopped while it is built.

use serde_json::json;

use super::{Receiver, take};
use crate::support::{Client, Incident, Who, body, invented};

#[test]
fn a_package_is_stopped_by_its_asker_while_it_is_built_and_can_be_taken_again() {
    let incident = Incident::with("", invented(40_000, 31));
    let receiver = Receiver::new();
    let filter = json!({});
    let export = incident.approved_export(&body::export("evidence", &filter, &receiver.recipient));
    let path = format!("/exports/{export}/package");
    let cancel = |client: &Client| client.delete(&path).assert_status(200).member("state");
    let (custodian, asker) = (incident.custodian(), incident.investigator());
    // Nothing is being built yet.
    assert_eq!(cancel(&custodian), "none");
    let stopped = std::thread::scope(|threads| {
        let taking = threads.spawn(|| take(&custodian, &export));
        let mut state = "none".to_owned();
        while state == "none" && !taking.is_finished() {
            state = cancel(&asker);
        }
        assert_eq!(state, "cancelling");
        taking.join().unwrap()
    });
    stopped.assert_problem(409, "package-cancelled");
    // Nothing of it stays, and the request is as it was.
    let left: Vec<_> = std::fs::read_dir(incident.paths.packages())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let shown = incident.lead().get(&format!("/exports/{export}"));
    assert_eq!(shown.member("state"), "approved");
    let query = json!({ "action": "export.cancel" });
    let found = incident.auditor().post("/audit/leaves/search", &query);
    let leaf = found.assert_status(200).json()["leaves"][0].clone();
    assert_eq!(leaf["object"], export.as_str());
    assert_eq!(leaf["operator"], incident.operator(Who::Investigator));
    take(&custodian, &export).assert_status(200);
    assert_eq!(cancel(&custodian), "none");
}

#[test]
fn nobody_but_the_asker_and_a_custodian_stops_a_package() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    let path = format!("/exports/{export}/package");
    for (who, status) in [
        (Who::Investigator, 200),
        (Who::Custodian, 200),
        (Who::Lead, 403),
        (Who::SecondLead, 403),
        (Who::Liaison, 404),
        (Who::Auditor, 404),
        (Who::Administrator, 404),
        (Who::Outsider, 404),
    ] {
        incident.client(who).delete(&path).assert_status(status);
    }
    // The request of another kind is not an export.
    let list = incident.approved_list(&receiver.recipient);
    let path = format!("/exports/{list}/package");
    assert!([404, 422].contains(&incident.custodian().delete(&path).status));
    let path = format!("/quarantines/{list}/package");
    let stopped = incident.lead().delete(&path).assert_status(200);
    assert_eq!(stopped.member("state"), "none");
    incident
        .second_lead()
        .delete(&path)
        .assert_problem(403, "not-allowed");
}
