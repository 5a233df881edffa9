//! What a decider sees of an export.

use serde_json::json;

use super::Receiver;
use crate::support::{Incident, Who, body, shared};

#[test]
fn who_decides_sees_what_would_be_handed_out_to_whom_and_why() {
    let incident = shared();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    let own = |m: &crate::support::Message| m.account == incident.account;
    for who in [Who::Lead, Who::Custodian] {
        let seen = incident.client(who).get(&format!("/exports/{export}"));
        let json = seen.assert_status(200).json();
        assert_eq!(json["state"], "requested");
        assert_eq!(json["profile"], "account-notice");
        assert_eq!(json["recipients"], json!([receiver.recipient]));
        assert_eq!(json["legal_basis"], request["legal_basis"]);
        assert_eq!(json["reason"], body::REASON);
        assert_eq!(json["account"], incident.account.as_str());
        // A custodian chooses files of the case, and is told no count and no filter over it.
        let counted = match who {
            Who::Custodian => [None, None, None],
            _ => [
                Some(json!(incident.log.count(own))),
                Some(json!(incident.log.numbers_of(own).len())),
                Some(filter.clone()),
            ],
        };
        let names = ["messages", "numbers", "filter"];
        assert_eq!(names.map(|name| json.get(name).cloned()), counted);
        assert!(json["tagmanifest_sha256"].is_null(), "nothing is made yet");
    }
}

#[test]
fn to_those_outside_its_case_and_to_another_liaison_there_is_no_such_export() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    for who in [
        Who::Outsider,
        Who::Auditor,
        Who::Administrator,
        Who::Liaison,
    ] {
        let there = incident.client(who).get(&format!("/exports/{export}"));
        there.assert_problem(404, "not-found");
    }
}

#[test]
fn a_liaison_reads_no_request_that_somebody_else_made_about_its_account() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let own = incident.ask_export(&incident.liaison(), &request);
    let others = incident.ask_export(&incident.lead(), &request);
    let read = |export: &str| incident.liaison().get(&format!("/exports/{export}"));
    read(&own).assert_status(200);
    let absent = read("e_00000000000000000000");
    assert_eq!(read(&others).comparable(), absent.comparable());
    let listed = incident.liaison().get(&incident.of_case("/exports"));
    let json = listed.assert_status(200).json();
    assert_eq!(json["exports"].as_array().unwrap().len(), 1);
    assert_eq!(json["exports"][0]["export"], own.as_str());
}
