//! One destruction, as its decider sees it.

use serde_json::json;

use super::{approved, incident};
use crate::support::{Browser, Who, body};

#[test]
fn it_says_what_ends_and_from_when_and_no_number() {
    let incident = incident();
    let destruction = approved(&incident);
    let path = format!("/destructions/{destruction}");
    let seen = incident.lead().get(&path).assert_status(200).json();
    assert!(seen.get("keep_until").is_none(), "{seen}");
    let until = json!({ "keep_until": "2024-05-02", "reason": body::REASON });
    let set = incident.lead().put(&incident.of_case("/retention"), &until);
    set.assert_status(200);
    let seen = incident.lead().get(&path).assert_status(200).json();
    assert_eq!(seen["keep_until"], "2024-05-02T00:00:00Z");
    let page = Browser::signed_in(&incident, Who::Custodian).get(&format!("/console{path}"));
    let page = page.assert_status(200).text();
    assert!(
        page.contains("<dt>The case is to be kept until</dt>"),
        "{page}"
    );
    assert_eq!(seen["state"], "approved");
    assert_eq!(seen["due"], false);
    assert_eq!(seen["not_before"], "2024-04-02T09:01:00Z");
    let exhibit = &seen["exhibits"][0];
    assert_eq!(exhibit["exhibit"], incident.first_exhibit().as_str());
    assert_eq!(
        (&exhibit["messages"], &exhibit["numbers"]),
        (&json!(2), &json!(2))
    );
    assert!(!seen.to_string().contains("7700900"), "{seen}");
    let refused = incident.investigator().get(&path);
    refused.assert_problem(403, "not-allowed");
    incident.client(Who::Outsider).get(&path).assert_status(404);

    // It waits in the inbox of leads and custodians, and stands on the page of the case.
    for client in [incident.second_lead(), incident.custodian()] {
        let inbox = client.get("/inbox").assert_status(200).json();
        assert_eq!(inbox["waiting"][0]["waits_for"], "delay", "{inbox}");
    }
    let overview = || {
        let path = incident.of_case("/overview");
        let read = incident.investigator().get(&path);
        read.assert_status(200).json()["destruction"].clone()
    };
    assert_eq!(overview()["due"], false);
    // The machine's clock alone ends no delay.
    incident.clock.jump_seconds(120);
    assert_eq!(overview()["due"], false);
    incident.clock.jump_seconds(-120);
    incident.clock.advance_seconds(61);
    assert_eq!(overview()["due"], true);
    // The time at which the delay was over does not move.
    let over = overview()["not_before"].clone();
    incident.clock.advance_seconds(30);
    assert_eq!(overview()["not_before"], over);
    let inbox = incident.custodian().get("/inbox").assert_status(200).json();
    assert_eq!(inbox["waiting"][0]["waits_for"], "your-use");
}
