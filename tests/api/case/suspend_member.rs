//! A member's rights end at once.

use serde_json::json;

use crate::support::{Incident, Who, body};

#[test]
fn a_lead_or_an_administrator_suspends_a_member_at_once() {
    let incident = Incident::new();
    let path = incident.of_case("");
    for (by, who) in [
        (Who::Lead, Who::Investigator),
        (Who::Administrator, Who::Custodian),
        (Who::SecondLead, Who::Lead),
    ] {
        incident.client(who).get(&path).assert_status(200);
        incident.suspend(&incident.case, by, who).assert_status(200);
        let there = incident
            .client(who)
            .get(&path)
            .assert_problem(404, "not-found");
        let absent = incident.client(who).get("/cases/c_00000000000000000000");
        assert_eq!(there.comparable(), absent.comparable());
        let listed = incident.client(who).get("/cases").assert_status(200).json();
        assert_eq!(listed["cases"], json!([]));
        let me = incident.client(who).get("/me").assert_status(200).json();
        assert_eq!(me["cases"], json!([]));
    }
    let listed = incident.second_lead().get(&incident.of_case("/members"));
    let members = listed.assert_status(200).json();
    let suspended = members["members"].as_array().unwrap().iter();
    assert_eq!(suspended.filter(|one| one["suspended"] == true).count(), 3);
}

#[test]
fn nobody_else_suspends_and_nobody_suspends_themselves() {
    let incident = Incident::new();
    for (by, status, kind) in [
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Auditor, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
    ] {
        let refused = incident.suspend(&incident.case, by, Who::Custodian);
        refused.assert_problem(status, kind);
    }
    let own = incident.suspend(&incident.case, Who::Lead, Who::Lead);
    own.assert_problem(409, "own-membership");
    let stranger = incident.suspend(&incident.case, Who::Lead, Who::Outsider);
    stranger.assert_problem(404, "not-found");
    let elsewhere = incident.suspend("c_00000000000000000000", Who::Administrator, Who::Lead);
    elsewhere.assert_problem(404, "not-found");
}

#[test]
fn an_administrator_lets_nobody_in_again_and_another_lead_decides_it() {
    let incident = Incident::new();
    incident
        .suspend(&incident.case, Who::Lead, Who::Investigator)
        .assert_status(200);
    let path = incident.of_case(&format!(
        "/members/{}",
        incident.operator(Who::Investigator)
    ));
    let body = json!({ "role": "investigator" });
    let refused = incident.administrator().put(&path, &body);
    refused.assert_problem(404, "not-found");
    let named = incident.lead().put(&path, &body).assert_status(200);
    assert_eq!(named.member("state"), "requested");
    incident
        .investigator()
        .get(&incident.of_case(""))
        .assert_problem(404, "not-found");
    let decision = format!("/memberships/{}/decision", named.member("membership"));
    incident
        .second_lead()
        .post(&decision, &body::approve())
        .assert_status(200);
    incident
        .investigator()
        .get(&incident.of_case(""))
        .assert_status(200);
}

#[test]
fn what_a_suspended_member_asked_for_is_neither_approved_nor_handed_out() {
    let incident = Incident::new();
    let key = age::x25519::Identity::generate().to_public().to_string();
    let request = body::export("scope-report", &json!({}), &key);
    let approved = incident.approved_export(&request);
    let asked = incident.ask_export(&incident.investigator(), &request);
    incident
        .suspend(&incident.case, Who::Lead, Who::Investigator)
        .assert_status(200);
    let path = format!("/exports/{asked}/decision");
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_problem(409, "asker-gone");
    let taken = incident
        .custodian()
        .get(&format!("/exports/{approved}/package"));
    taken.assert_problem(409, "asker-gone");
}
