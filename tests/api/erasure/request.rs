//! An investigator or a lead passes on what a person asked for.

use serde_json::json;

use super::{ABSENT, NUMBER, ask, incident, wanted};
use crate::support::{Who, body};

#[test]
fn investigators_and_leads_ask_and_others_do_not() {
    let incident = incident();
    for who in [Who::Investigator, Who::Lead] {
        ask(&incident, &incident.client(who), NUMBER).assert_status(201);
    }
    for who in [Who::Custodian, Who::Liaison] {
        ask(&incident, &incident.client(who), NUMBER).assert_problem(403, "not-allowed");
    }
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        ask(&incident, &incident.client(who), NUMBER).assert_problem(404, "not-found");
    }
}

#[test]
fn the_answer_is_the_same_for_a_number_that_no_exhibit_has() {
    let incident = incident();
    let answers = [NUMBER, ABSENT].map(|number| {
        let asked = ask(&incident, &incident.investigator(), number).assert_status(201);
        let mut json = asked.json();
        json["erasure"].take();
        json
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_person_is_named_once_by_a_number_or_by_a_token_of_the_case() {
    let incident = incident();
    let (client, path) = (incident.investigator(), incident.of_case("/erasures"));
    let why = |mut body: serde_json::Value| {
        body["purpose"] = "victim-inquiry".into();
        body["reason"] = body::REASON.into();
        body
    };
    for wrong in [
        json!({}),
        json!({ "number": NUMBER, "subject": "S-00000000" }),
        json!({ "number": "07700 900001" }),
        json!({ "number": "nobody" }),
        json!({ "subject": "nobody" }),
        json!({ "subject": "S-00000000" }),
    ] {
        client
            .post(&path, &why(wrong))
            .assert_problem(422, "invalid");
    }
    let by_region = json!({ "number": "07700 900001", "region": "GB" });
    client.post(&path, &why(by_region)).assert_status(201);
    let refused = client.post(&path, &why(json!({ "number": "+447700900001x" })));
    assert!(!refused.text().contains("7700900001"));
}

#[test]
fn a_hold_is_in_the_way() {
    let incident = incident();
    let hold = incident.of_case("/hold");
    incident
        .lead()
        .post(&hold, &body::reason())
        .assert_status(200);
    let path = incident.of_case("/erasures");
    let refused = incident.investigator().post(&path, &wanted(NUMBER));
    refused.assert_problem(409, "case-state");
}
