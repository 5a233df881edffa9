//! Ids that lead elsewhere.

use serde_json::json;

use crate::support::{Incident, Who, body, shared};

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
    answer.assert_problem(409, "nothing-admitted");
}
