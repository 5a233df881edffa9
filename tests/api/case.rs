//! Cases: their states, and ids that lead elsewhere.

use serde_json::json;

use crate::support::{Incident, Who, body, shared};

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

#[test]
fn a_case_goes_from_open_to_held_to_open_to_closed_and_back_and_no_other_way() {
    let incident = Incident::new();
    let move_on = |to: &str| {
        let path = incident.of_case(&format!("/{to}"));
        incident.lead().post(&path, &body::reason())
    };
    let state = || {
        let answer = incident.lead().get(&incident.of_case(""));
        answer.assert_status(200).member("state")
    };
    move_on("reopen").assert_problem(409, "case-state");
    move_on("hold").assert_status(200);
    assert_eq!(state(), "held");
    move_on("close").assert_problem(409, "case-state");
    move_on("hold").assert_problem(409, "case-state");
    move_on("reopen").assert_status(200);
    move_on("close").assert_status(200);
    assert_eq!(state(), "closed");
    move_on("close").assert_problem(409, "case-closed");
    move_on("hold").assert_problem(409, "case-closed");
    move_on("reopen").assert_status(200);
    assert_eq!(state(), "open");
}

#[test]
fn a_held_case_is_worked_on_and_a_closed_one_is_at_rest() {
    let incident = Incident::new();
    let lead = incident.lead();
    let number = incident.log.messages[0].number.clone();
    lead.post(&incident.of_case("/hold"), &body::reason())
        .assert_status(200);
    incident
        .look_up(&incident.investigator(), &[&number])
        .assert_status(200);
    lead.post(&incident.of_case("/reopen"), &body::reason())
        .assert_status(200);
    let subject = incident.subject(&number);
    let reveal = incident.approved_reveal(&[subject]);
    lead.post(&incident.of_case("/close"), &body::reason())
        .assert_status(200);

    let investigator = incident.investigator();
    let closed = |answer: crate::support::Answer| answer.assert_problem(409, "case-closed");
    closed(incident.look_up(&investigator, &[&number]));
    closed(investigator.post(
        &incident.of_case("/records/search"),
        &body::search(&json!({})),
    ));
    let scope = json!({ "by": [], "audience": "team" });
    closed(investigator.post(&incident.of_case("/scope"), &scope));
    closed(investigator.post(&format!("/reveals/{reveal}/open"), &json!({})));
    closed(incident.admit(&crate::support::fresh_csv()));
    lead.get(&incident.of_case("")).assert_status(200);
    lead.get(&incident.of_case("/members")).assert_status(200);
    lead.get(&incident.of_case("/reveals")).assert_status(200);
    lead.post(&incident.of_case("/reopen"), &body::reason())
        .assert_status(200);
    investigator
        .post(&format!("/reveals/{reveal}/open"), &json!({}))
        .assert_status(200);
}

#[test]
fn to_an_outsider_a_case_looks_like_one_that_never_was() {
    let incident = shared();
    let unknown = "c_00000000000000000000";
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        let client = incident.client(who);
        for rest in ["", "/members", "/exhibits", "/reveals", "/exports"] {
            let there = client.get(&incident.of_case(rest));
            let absent = client.get(&format!("/cases/{unknown}{rest}"));
            assert_eq!(there.problem(), "not-found");
            assert_eq!(there.comparable(), absent.comparable(), "{rest}");
        }
        for (rest, body) in [
            ("/lookups", body::look_up(&["+447700900001"])),
            ("/records/search", body::search(&json!({}))),
            ("/scope", json!({ "audience": "team" })),
            ("/reveals", body::reveal(&["S-00000000".to_owned()])),
            ("/close", body::reason()),
        ] {
            let there = client.post(&incident.of_case(rest), &body);
            let absent = client.post(&format!("/cases/{unknown}{rest}"), &body);
            assert_eq!(there.comparable(), absent.comparable(), "{rest}");
        }
        let there = client.upload(&incident.of_case("/exhibits"), b"x");
        let absent = client.upload(&format!("/cases/{unknown}/exhibits"), b"x");
        assert_eq!(there.problem(), "not-found");
        assert_eq!(there.comparable(), absent.comparable());
    }
}

#[test]
fn malformed_ids_and_ids_of_another_kind_name_nothing() {
    let incident = shared();
    let lead = incident.lead();
    let case = &incident.case;
    let operator = incident.operator(Who::Lead);
    let longer = format!("{case}0");
    let upper = case.to_uppercase();
    for id in [
        "c_",
        "x",
        "%00",
        "%2e%2e",
        "%ff",
        "c_%31",
        &operator,
        &longer,
        &upper,
        "0",
        "-1",
        "c_0000000000000000000%2f",
    ] {
        for path in [
            format!("/cases/{id}"),
            format!("/cases/{id}/members"),
            format!("/reveals/{id}"),
            format!("/exports/{id}"),
            format!("/exports/{id}/package"),
        ] {
            lead.get(&path).assert_problem(404, "not-found");
        }
        let answer = lead.post(
            &format!("/cases/{id}/lookups"),
            &body::look_up(&["+447700900001"]),
        );
        answer.assert_problem(404, "not-found");
        if id != "0" {
            let answer = incident.auditor().get(&format!("/audit/leaves/{id}"));
            answer.assert_problem(404, "not-found");
        }
    }
}

#[test]
fn what_is_of_one_case_cannot_be_reached_by_the_members_of_another() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let subject = incident.subject(&number);
    let reveal = incident.approved_reveal(std::slice::from_ref(&subject));
    let request = body::export(
        "account-notice",
        &json!({ "account": [incident.account] }),
        &age::x25519::Identity::generate().to_public().to_string(),
    );
    let export = incident.approved_export(&request);

    // A second case, whose lead and custodian are not in the first.
    let others = ["other.lead", "other.custodian"].map(|name| {
        let role = name.split('.').nth(1).unwrap();
        let (operator, enrolment) = incident.invite(name, role);
        let body = json!({ "enrolment": enrolment, "password": crate::support::PASSWORD });
        let door = incident.anonymous();
        door.post("/enrolments", &body).assert_status(201);
        let session = incident.sign_in(name, crate::support::PASSWORD);
        (operator, door.with_token(&session.member("token")))
    });
    let [(_, lead), (custodian_id, custodian)] = others;
    let opened = lead.post(
        "/cases",
        &json!({ "title": "another", "reference": "B", "reason": body::REASON }),
    );
    let case = opened.assert_status(201).member("case");
    lead.put(
        &format!("/cases/{case}/members/{custodian_id}"),
        &json!({ "role": "custodian" }),
    )
    .assert_status(200);

    for path in [
        format!("/reveals/{reveal}"),
        format!("/exports/{export}"),
        incident.of_case(""),
    ] {
        lead.get(&path).assert_problem(404, "not-found");
        custodian.get(&path).assert_problem(404, "not-found");
    }
    lead.post(&format!("/reveals/{reveal}/open"), &json!({}))
        .assert_problem(404, "not-found");
    lead.post(&format!("/reveals/{reveal}/decision"), &body::approve())
        .assert_problem(404, "not-found");
    lead.post(&format!("/exports/{export}/decision"), &body::approve())
        .assert_problem(404, "not-found");
    custodian
        .get(&format!("/exports/{export}/package"))
        .assert_problem(404, "not-found");
    // A subject of the first case is none of the second, which has no numbers at all.
    lead.post(&format!("/cases/{case}/reveals"), &body::reveal(&[subject]))
        .assert_problem(422, "invalid");
    let answer = lead.post(
        &format!("/cases/{case}/lookups"),
        &body::look_up(&[&number]),
    );
    let answer = answer.assert_status(200);
    assert_eq!(answer.json()["results"][0]["state"], "not_exposed");
}
