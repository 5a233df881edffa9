//! The exports of a case.

use serde_json::json;

use super::Receiver;
use crate::support::{Incident, Who, body};

#[test]
fn every_export_of_the_case_is_listed_newest_first() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let first = incident.approved_export(&request);
    incident.clock.advance_seconds(1);
    let second = incident.ask_export(&incident.lead(), &request);
    for who in [Who::Lead, Who::Investigator, Who::Custodian] {
        let listed = incident.client(who).get(&incident.of_case("/exports"));
        let json = listed.assert_status(200).json();
        let told = |at: usize, name: &str| json["exports"][at][name].clone();
        assert_eq!(json["exports"].as_array().unwrap().len(), 2);
        assert_eq!(told(0, "export"), second.as_str());
        assert_eq!(told(0, "state"), "requested");
        assert_eq!(told(1, "export"), first.as_str());
        assert_eq!(told(1, "state"), "approved");
    }
}

#[test]
fn a_liaison_sees_its_own_alone_and_to_an_outsider_there_is_no_case() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    incident.approved_export(&request);
    let path = incident.of_case("/exports");
    let listed = incident.liaison().get(&path).assert_status(200).json();
    assert_eq!(listed["exports"], json!([]));
    for who in [Who::Auditor, Who::Administrator, Who::Outsider] {
        let answer = incident.client(who).get(&path);
        answer.assert_problem(404, "not-found");
    }
}
