//! A member is nobody until a lead has typed what the owner of the account read out.

use serde_json::{Value, json};

use crate::support::{Authenticator, Client, Incident, PASSWORD, TestVault, Who, body};

fn recognition(case: &str, operator: &str) -> String {
    format!("/cases/{case}/members/{operator}/recognition")
}

fn typed(fingerprint: &str) -> Value {
    json!({ "fingerprint": fingerprint, "reason": "read out by telephone" })
}

/// Id and fingerprint, as somebody sees their own.
fn own(client: &Client) -> (String, String) {
    let me = client.get("/me").assert_status(200);
    (me.member("operator"), me.member("fingerprint"))
}

fn listed(incident: &Incident, operator: &str) -> Value {
    let members = incident.lead().get(&incident.of_case("/members"));
    let members = members.assert_status(200).json();
    let all = members["members"].as_array().unwrap();
    let found = all.iter().find(|one| one["operator"] == operator);
    found.unwrap().clone()
}

#[test]
fn whoever_was_named_does_nothing_in_the_case_until_a_lead_types_what_they_read_out() {
    let incident = Incident::new();
    for (role, account) in [
        ("investigator", None),
        ("custodian", None),
        ("lead", None),
        ("liaison", Some(incident.account.as_str())),
    ] {
        let home = match role {
            "lead" => "investigator",
            other => other,
        };
        let newcomer = incident.newcomer(home);
        let (operator, fingerprint) = own(&newcomer);
        incident.give(&incident.case, &operator, role, account);
        let me = newcomer.get("/me").assert_status(200).json();
        assert_eq!(me["unrecognised_in"], json!([incident.case]), "{role}");
        assert_eq!(me["cases"], json!([]), "{role}");
        let cases = newcomer.get("/cases").assert_status(200);
        assert_eq!(cases.json()["cases"], json!([]), "{role}");
        assert_eq!(listed(&incident, &operator)["recognised"], false);
        let subjects = ["S-7Q4M2KXA".to_owned()];
        for refused in [
            newcomer.get(&incident.of_case("")),
            newcomer.get(&incident.of_case("/members")),
            newcomer.get(&incident.of_case("/exhibits")),
            newcomer.upload(&incident.of_case("/exhibits"), b"account,number\n"),
            incident.look_up(&newcomer, &["+447700900123"]),
            newcomer.post(
                &incident.of_case("/records/search"),
                &body::search(&json!({})),
            ),
            newcomer.post(&incident.of_case("/reveals"), &body::reveal(&subjects)),
            newcomer.post(&incident.of_case("/close"), &body::reason()),
            newcomer.post(
                &recognition(&incident.case, &incident.operator(Who::Liaison)),
                &typed("0000-0000-0000"),
            ),
        ] {
            let refused = refused.assert_problem(403, "not-recognised");
            let leaf = incident.leaf(refused.leaf().unwrap());
            assert_eq!(
                (&leaf["outcome"], &leaf["kind"]),
                (&json!("denied"), &json!("not-recognised")),
                "{role}"
            );
            assert!(leaf.get("subjects").is_none() && leaf.get("rows").is_none());
        }
        // It waits for the leads, and for nobody else.
        let waits = |client: &Client| {
            let inbox = client.get("/inbox").assert_status(200).json();
            let tasks = inbox["tasks"].as_array().unwrap().clone();
            tasks
                .into_iter()
                .any(|task| task["kind"] == "recognition" && task["operator"] == operator.as_str())
        };
        assert!(waits(&incident.lead()) && waits(&incident.second_lead()));
        assert!(!waits(&incident.custodian()) && !waits(&incident.administrator()));

        let path = recognition(&incident.case, &operator);
        let done = incident
            .lead()
            .post(&path, &typed(&fingerprint.to_lowercase()));
        let leaf = incident.leaf(done.assert_status(200).leaf().unwrap());
        assert_eq!(
            (&leaf["action"], &leaf["object"]),
            (&json!("member.recognise"), &json!(operator))
        );
        newcomer.get(&incident.of_case("")).assert_status(200);
        let me = newcomer.get("/me").assert_status(200).json();
        assert_eq!(me["unrecognised_in"], json!([]));
        assert_eq!(listed(&incident, &operator)["recognised"], true);
        assert!(!waits(&incident.lead()));
    }
}

#[test]
fn an_administrator_who_uses_somebodys_invitation_is_nobody() {
    let incident = Incident::new();
    // The invitation that the real person never got: the administrator enrols as her.
    let impostor = incident.newcomer("investigator");
    let (operator, _) = own(&impostor);
    incident.give(&incident.case, &operator, "investigator", None);
    // She reads out what she sees in an account of her own, or what she makes up.
    let (_, hers) = own(&incident.newcomer("investigator"));
    let path = recognition(&incident.case, &operator);
    for (no, heard) in (1..).zip([hers.as_str(), "0000-0000-0000", &hers.replace('-', "")]) {
        let refused = incident.lead().post(&path, &typed(heard));
        let refused = refused.assert_problem(403, "wrong-fingerprint");
        let leaf = incident.leaf(refused.leaf().unwrap());
        assert_eq!(
            (&leaf["alarm"], &leaf["outcome"]),
            (&json!("wrong-fingerprint"), &json!("denied"))
        );
        assert_eq!(listed(&incident, &operator)["wrong_fingerprints"], no);
        impostor
            .get(&incident.of_case(""))
            .assert_problem(403, "not-recognised");
    }
    // Whoever has not enrolled has no fingerprint at all.
    let (absent, _) = incident.invite("not.yet", "investigator");
    incident.give(&incident.case, &absent, "investigator", None);
    let path = recognition(&incident.case, &absent);
    let refused = incident.lead().post(&path, &typed(&hers));
    refused.assert_problem(403, "wrong-fingerprint");
}

#[test]
fn leads_who_were_recognised_recognise_others_and_nobody_else_does() {
    let incident = Incident::new();
    let newcomer = incident.newcomer("investigator");
    let (operator, fingerprint) = own(&newcomer);
    incident.give(&incident.case, &operator, "investigator", None);
    let path = recognition(&incident.case, &operator);
    for (who, status, kind) in [
        (Who::Investigator, 403, "not-allowed"),
        (Who::Custodian, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Administrator, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
    ] {
        let refused = incident.client(who).post(&path, &typed(&fingerprint));
        refused.assert_problem(status, kind);
    }
    let itself = newcomer.post(&path, &typed(&fingerprint));
    itself.assert_problem(403, "not-recognised");
    let (lead, of_lead) = own(&incident.lead());
    let oneself = recognition(&incident.case, &lead);
    let refused = incident.lead().post(&oneself, &typed(&of_lead));
    refused.assert_problem(409, "own-membership");
    let (stranger, of_stranger) = own(&incident.outsider());
    let refused = incident.lead().post(
        &recognition(&incident.case, &stranger),
        &typed(&of_stranger),
    );
    refused.assert_problem(404, "not-found");
    for text in ["", "7K3M", "7K3M-9QTX-2BWU", "+447700900123"] {
        let refused = incident.lead().post(&path, &typed(text));
        assert_eq!(
            refused.assert_problem(422, "invalid").json()["at"],
            "fingerprint"
        );
    }
    // A second time changes nothing; another role neither.
    for _ in 0..2 {
        let done = incident.second_lead().post(&path, &typed(&fingerprint));
        done.assert_status(200);
    }
    incident.give(&incident.case, &operator, "custodian", None);
    newcomer.get(&incident.of_case("")).assert_status(200);
}

#[test]
fn whoever_opens_a_case_is_recognised_in_it_and_nowhere_else() {
    let vault = TestVault::new();
    let opened = |client: &Client| {
        let body = json!({ "title": "x", "reference": "y", "reason": body::REASON });
        client
            .post("/cases", &body)
            .assert_status(201)
            .member("case")
    };
    let (lead, second) = (vault.lead(), vault.second_lead());
    let (one, two) = (opened(&lead), opened(&second));
    lead.get(&format!("/cases/{one}")).assert_status(200);
    let (operator, fingerprint) = own(&lead);
    let path = format!("/cases/{two}/members/{operator}");
    second
        .put(&path, &json!({ "role": "lead" }))
        .assert_status(200);
    lead.get(&format!("/cases/{two}"))
        .assert_problem(403, "not-recognised");
    second
        .post(&recognition(&two, &operator), &typed(&fingerprint))
        .assert_status(200);
    lead.get(&format!("/cases/{two}")).assert_status(200);
    lead.get(&format!("/cases/{one}")).assert_status(200);
}

#[test]
fn the_first_passkey_changes_what_is_read_out_and_those_after_it_do_not() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let (_, before) = own(&lead);
    let (first, second) = (Authenticator::new(), Authenticator::new());
    lead.enrol(&first);
    let (_, with_first) = own(&lead);
    assert_ne!(before, with_first);
    let making = lead.making(&second, "second key");
    lead.signed(&first, &ureq::http::Method::POST, "/me/passkeys", &making)
        .assert_status(201);
    assert_eq!(own(&lead).1, with_first);
    // In another session it is the same, and nobody else's.
    let session = vault.anonymous().sign_in_with(&first, Who::Lead.name());
    let session = vault
        .anonymous()
        .with_token(&session.assert_status(201).member("token"));
    assert_eq!(own(&session).1, with_first);
    assert_ne!(own(&vault.administrator()).1, with_first);
    assert!(vault.sign_in(Who::Administrator.name(), PASSWORD).status == 201);
}

#[test]
fn what_somebody_asked_for_waits_for_nobody_while_they_are_not_recognised() {
    let incident = Incident::new();
    let subject = vec![incident.subject(&incident.log.messages[0].number)];
    let reveal = incident.approved_reveal(&subject);
    let path = incident.of_case(&format!(
        "/members/{}",
        incident.operator(Who::Investigator)
    ));
    let investigator = incident.investigator();
    incident
        .lead()
        .delete_with(&path, &body::reason())
        .assert_status(200);
    // Named anew, and so unrecognised.
    let named = incident
        .lead()
        .put(&path, &json!({ "role": "investigator" }));
    let named = named.assert_status(200).member("membership");
    let decision = format!("/memberships/{named}/decision");
    incident
        .second_lead()
        .post(&decision, &body::approve())
        .assert_status(200);
    let open = format!("/reveals/{reveal}/open");
    investigator
        .post(&open, &json!({}))
        .assert_problem(403, "not-recognised");
    incident
        .recognise_by(&incident.lead(), &incident.case, &investigator)
        .assert_status(200);
    investigator
        .post(&open, &json!({}))
        .assert_problem(409, "wrong-state");
}
