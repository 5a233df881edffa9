//! A machine does what it is for and its owner may do, and nothing else.

use serde_json::{Value, json};
use ureq::http::Method;

use super::{MACHINES, add, incident, wanted};
use crate::support::{Authenticator, Client, Machine, PASSWORD, TestVault, body};
use crate::token::member;

const READS: &[&str] = &["case.read", "record.lookup", "record.scope", "exhibit.list"];

#[test]
fn a_machine_does_what_it_is_for_in_its_case_and_its_leaves_say_that_it_was_a_machine() {
    let incident = incident();
    let owner = member(&incident, "investigator");
    let case = incident.case.as_str();
    let key = Machine::new();
    let added = add(&owner, &key, READS, Some(case));
    let machine = added.member("machine");
    assert!(machine.starts_with("k_"));
    let leaf = incident.leaf(added.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["object"]),
        (&json!("machine.add"), &json!(machine))
    );
    let client = key.client(&incident);
    client.get(&incident.of_case("")).assert_status(200);
    // It pays from the budgets of its owner.
    let left = |client: &Client| client.get("/me").json()["cases"][0]["lookup_budget"].clone();
    let before = left(&owner).as_u64().unwrap();
    let number = incident.log.messages[0].number.as_str();
    let looked_up = incident.look_up(&client, &[number]).assert_status(200);
    assert_eq!(left(&owner).as_u64().unwrap(), before - 1);
    let leaf = incident.leaf(looked_up.leaf().unwrap());
    assert_eq!(leaf["session"], machine.as_str(), "{leaf}");
    assert_eq!(
        leaf["operator"],
        owner.get("/me").member("operator").as_str()
    );

    // What it is not for, whatever its owner's role allows.
    let subject = vec![incident.subject(number)];
    for refused in [
        client.post(
            &incident.of_case("/records/search"),
            &body::search(&json!({})),
        ),
        client.get("/cases"),
        client.get("/me"),
        client.get("/machines"),
        client.get(&incident.of_case("/members")),
        client.post(&incident.of_case("/reveals"), &body::reveal(&subject)),
        client.post("/machines", &wanted(&Machine::new(), READS, Some(case))),
        client.post("/tokens", &crate::token::wanted(READS, Some(case))),
        client.delete(&format!("/machines/{machine}")),
        client.delete("/sessions/current"),
        client.upload(&incident.of_case("/exhibits"), b"account,number\n"),
    ] {
        let refused = refused.assert_problem(403, "beyond-token");
        let leaf = incident.leaf(refused.leaf().unwrap());
        assert_eq!(
            (&leaf["outcome"], &leaf["session"]),
            (&json!("denied"), &json!(machine))
        );
    }
    // Another case of its owner, and one that is not there, look alike.
    let other = incident.open_case();
    let there = client.get(&format!("/cases/{other}"));
    let there = there.assert_problem(403, "beyond-token");
    let absent = client.get("/cases/c_00000000000000000000");
    assert_eq!(there.comparable(), absent.comparable());

    // No more than its owner may at that moment.
    let operator = owner.get("/me").member("operator");
    let suspension = incident.of_case(&format!("/members/{operator}/suspension"));
    incident
        .lead()
        .post(&suspension, &body::reason())
        .assert_status(200);
    client
        .get(&incident.of_case(""))
        .assert_problem(404, "not-found");
    incident.give(&incident.case, &operator, "custodian", None);
    client.get(&incident.of_case("")).assert_status(200);
    incident
        .look_up(&client, &["+447700900999"])
        .assert_problem(403, "not-allowed");
}

#[test]
fn nobody_adds_a_machine_for_more_than_they_may_or_with_what_is_no_certificate() {
    let incident = incident();
    let owner = member(&incident, "investigator");
    let machine = Machine::new();
    let at = |change: Value| {
        let mut body = wanted(&machine, &["record.lookup"], Some(&incident.case));
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = owner.post("/machines", &body);
        refused.assert_problem(422, "invalid").json()
    };
    for action in [
        "reveal.open",
        "export.package",
        "machine.add",
        "audit.search",
        "nothing.such",
    ] {
        let refused = at(json!({ "actions": ["record.lookup", action] }));
        assert_eq!(refused["at"], "actions[1]", "{action}");
    }
    for days in [0, 91] {
        assert_eq!(at(json!({ "days": days }))["at"], "days");
    }
    let other = incident.open_case();
    for case in [other.as_str(), "c_00000000000000000000"] {
        assert_eq!(at(json!({ "case": case }))["at"], "case");
    }
    // The vault's date is in April 2024.
    let ended = Machine::new().until(2023);
    for (certificate, told) in [
        (String::new(), "one certificate"),
        ("hello".to_owned(), "one certificate"),
        (machine.pem().repeat(2), "one certificate"),
        ("A".repeat(16_385), "16384"),
        (machine.key_pem(), "private key"),
        (
            format!("{}{}", machine.key_pem(), machine.pem()),
            "private key",
        ),
        (ended.pem(), "today"),
    ] {
        let refused = at(json!({ "certificate": certificate }));
        assert_eq!(refused["at"], "certificate");
        assert!(refused.to_string().contains(told), "{told}: {refused}");
        assert!(!refused.to_string().contains("BEGIN"), "{refused}");
    }
    // A session without a second factor adds none.
    let without = incident
        .investigator()
        .post("/machines", &wanted(&machine, READS, None));
    without.assert_problem(403, "second-factor-needed");
    // None of that took the key.
    add(&owner, &machine, READS, None);
}

#[test]
fn whoever_has_a_passkey_signs_for_this_key_and_no_machine_outlives_a_new_password_or_its_time() {
    let vault = TestVault::with(MACHINES);
    let lead = vault.lead();
    let key = Authenticator::new();
    lead.enrol(&key);
    let (short, long, other) = (Machine::new(), Machine::new(), Machine::new());
    let body = |machine: &Machine, days: u16| {
        let mut body = wanted(machine, &["audit.vkey"], None);
        body["days"] = days.into();
        body
    };
    lead.post("/machines", &body(&short, 2))
        .assert_problem(403, "assertion-needed");
    // What was signed for one key adds no other one.
    let challenge = lead.challenge(&Method::POST, "/machines", &body(&short, 2));
    let signed = key.sign(&challenge.assert_status(200).json());
    let swapped = lead.with_assertion(&Method::POST, "/machines", &body(&other, 2), &signed);
    swapped.assert_problem(403, "assertion-refused");
    for (machine, days) in [(&short, 2), (&long, 3)] {
        let added = lead.signed(&key, &Method::POST, "/machines", &body(machine, days));
        added.assert_status(201);
    }
    let (short, long) = (short.client(&vault), long.client(&vault));
    short.get("/audit/vkey").assert_status(200);
    vault.clock.advance_seconds(2 * 86_400);
    short
        .get("/audit/vkey")
        .assert_problem(401, "session-ended");
    // It is no session: it does not rest.
    long.get("/audit/vkey").assert_status(200);
    let session = vault
        .anonymous()
        .sign_in_with(&key, crate::support::Who::Lead.name());
    let lead = vault
        .anonymous()
        .with_token(&session.assert_status(201).member("token"));
    let new = json!({ "old_password": PASSWORD, "new_password": "another password of the tests" });
    let changed = lead.signed(&key, &Method::PUT, "/me/password", &new);
    changed.assert_status(200);
    long.get("/audit/vkey").assert_problem(401, "session-ended");
}

#[test]
fn nobody_has_more_than_twenty_and_tokens_do_not_count_among_them() {
    let vault = TestVault::with(MACHINES);
    let owner = vault.newcomer_with_code("investigator");
    let wanted = || wanted(&Machine::new(), &["audit.vkey"], None);
    let add = || owner.post("/machines", &wanted());
    let first = add().assert_status(201).member("machine");
    for _ in 0..19 {
        add().assert_status(201);
    }
    crate::token::make(&owner, &["audit.vkey"], None);
    add().assert_problem(409, "too-many-tokens");
    let path = format!("/machines/{first}");
    owner.delete(&path).assert_status(200);
    add().assert_status(201);
    add().assert_problem(409, "too-many-tokens");
}
