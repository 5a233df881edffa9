//! A script does what its token is for and its owner may do, and nothing else.

use serde_json::{Value, json};
use ureq::http::Method;

use super::{make, member, wanted};
use crate::support::{Answer, Authenticator, Client, Incident, PASSWORD, TestVault, Who, body};

const READS: &[&str] = &["case.read", "record.lookup", "record.scope", "exhibit.list"];

fn script(incident: &Incident, made: &Answer) -> Client {
    incident.anonymous().with_token(&made.member("secret"))
}

#[test]
fn a_script_does_what_its_token_is_for_in_its_case_and_its_leaves_say_that_it_was_a_token() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    let case = incident.case.as_str();
    let made = make(&owner, READS, Some(case));
    let (token, secret) = (made.member("token"), made.member("secret"));
    assert!(token.starts_with("t_") && secret.starts_with("bvt_"));
    let leaf = incident.leaf(made.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["object"]),
        (&json!("token.make"), &json!(token))
    );
    let script = script(&incident, &made);
    script.get(&incident.of_case("")).assert_status(200);
    script
        .get(&incident.of_case("/exhibits"))
        .assert_status(200);
    // It pays from the budgets of its owner.
    let left = |client: &Client| client.get("/me").json()["cases"][0]["lookup_budget"].clone();
    let before = left(&owner).as_u64().unwrap();
    let number = incident.log.messages[0].number.as_str();
    let looked_up = incident.look_up(&script, &[number]).assert_status(200);
    assert_eq!(left(&owner).as_u64().unwrap(), before - 1);
    let leaf = incident.leaf(looked_up.leaf().unwrap());
    assert_eq!(leaf["session"], token.as_str(), "{leaf}");
    assert_eq!(
        leaf["operator"],
        owner.get("/me").member("operator").as_str()
    );

    // What it is not for: other acts that read, and all that write, decide, open or are about people and keys.
    let subject = vec![incident.subject(number)];
    let reveal = incident.ask_reveal(&incident.investigator(), &subject);
    for refused in [
        script.post(
            &incident.of_case("/records/search"),
            &body::search(&json!({})),
        ),
        script.get("/cases"),
        script.get("/me"),
        script.get("/inbox"),
        script.get("/sessions"),
        script.get("/tokens"),
        script.get("/keys"),
        script.get(&incident.of_case("/members")),
        script.get(&format!("/reveals/{reveal}")),
        script.post(&incident.of_case("/reveals"), &body::reveal(&subject)),
        script.post(&format!("/reveals/{reveal}/decision"), &body::approve()),
        script.post("/tokens", &wanted(READS, Some(case))),
        script.delete(&format!("/tokens/{token}")),
        script.delete("/sessions/current"),
        script.put(
            "/me/password",
            &json!({ "old_password": PASSWORD, "new_password": "another long password" }),
        ),
        script.upload(&incident.of_case("/exhibits"), b"account,number\n"),
    ] {
        let refused = refused.assert_problem(403, "beyond-token");
        let leaf = incident.leaf(refused.leaf().unwrap());
        assert_eq!(
            (&leaf["outcome"], &leaf["session"]),
            (&json!("denied"), &json!(token))
        );
    }
    // Another case of its owner, and one that is not there, look alike.
    let other = incident.open_case();
    let there = script.get(&format!("/cases/{other}"));
    let there = there.assert_problem(403, "beyond-token");
    let absent = script.get("/cases/c_00000000000000000000");
    assert_eq!(there.comparable(), absent.comparable());
}

#[test]
fn a_script_may_no_more_than_its_owner_may_at_that_moment() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    let operator = owner.get("/me").member("operator");
    let script = script(&incident, &make(&owner, READS, None));
    script.get(&incident.of_case("")).assert_status(200);
    let path = incident.of_case(&format!("/members/{operator}"));
    let suspension = format!("{path}/suspension");
    incident
        .lead()
        .post(&suspension, &body::reason())
        .assert_status(200);
    script
        .get(&incident.of_case(""))
        .assert_problem(404, "not-found");
    // Back as a custodian, who looks nothing up.
    incident.give(&incident.case, &operator, "custodian", None);
    script.get(&incident.of_case("")).assert_status(200);
    incident
        .look_up(&script, &["+447700900999"])
        .assert_problem(403, "not-allowed");
}

#[test]
fn nobody_makes_a_token_for_more_than_they_may_or_for_what_no_script_may() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    let case = incident.case.as_str();
    let at = |change: Value| {
        let mut body = wanted(&["record.lookup"], Some(case));
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = owner.post("/tokens", &body);
        refused.assert_problem(422, "invalid").json()["at"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for action in [
        // No script.
        "reveal.open",
        "reveal.decide",
        "export.package",
        "member.list",
        "operator.list",
        "key.rotate",
        "session.read",
        "token.make",
        "exhibit.begin",
        // Not the owner's.
        "audit.search",
        "health.read",
        "nothing.such",
    ] {
        assert_eq!(
            at(json!({ "actions": ["record.lookup", action] })),
            "actions[1]",
            "{action}"
        );
    }
    for days in [0, 91, 1000] {
        assert_eq!(at(json!({ "days": days })), "days");
    }
    assert_eq!(at(json!({ "actions": [] })), "actions");
    assert_eq!(at(json!({ "label": "" })), "label");
    // A case of others, and one that is not there, look alike.
    let other = incident.open_case();
    for case in [other.as_str(), "c_00000000000000000000", "no case"] {
        assert_eq!(at(json!({ "case": case })), "case");
    }
    // What is of the vault is not of one case.
    let auditor = incident.newcomer_with_code("auditor");
    make(&auditor, &["audit.search", "audit.read"], None);
    let refused = auditor.post("/tokens", &wanted(&["record.lookup"], None));
    refused.assert_problem(422, "invalid");
    // A session without a second factor makes none.
    let without = incident
        .investigator()
        .post("/tokens", &wanted(READS, None));
    without.assert_problem(403, "second-factor-needed");
}

#[test]
fn whoever_has_a_passkey_signs_for_a_token_and_none_outlives_a_new_password_or_its_time() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let key = Authenticator::new();
    lead.enrol(&key);
    let body = json!({ "label": "a script", "days": 2, "actions": ["audit.vkey"] });
    lead.post("/tokens", &body)
        .assert_problem(403, "assertion-needed");
    let made = |body: &Value| {
        let made = lead.signed(&key, &Method::POST, "/tokens", body);
        let secret = made.assert_status(201).member("secret");
        vault.anonymous().with_token(&secret)
    };
    let (short, long) = (
        made(&body),
        made(&json!({ "label": "a script", "days": 3, "actions": ["audit.vkey"] })),
    );
    short.get("/audit/vkey").assert_status(200);
    vault.clock.advance_seconds(2 * 86_400);
    short
        .get("/audit/vkey")
        .assert_problem(401, "session-ended");
    // It is no session: it does not rest.
    long.get("/audit/vkey").assert_status(200);
    let session = vault.anonymous().sign_in_with(&key, Who::Lead.name());
    let lead = vault
        .anonymous()
        .with_token(&session.assert_status(201).member("token"));
    let new = json!({ "old_password": PASSWORD, "new_password": "another password of the tests" });
    let changed = lead.signed(&key, &Method::PUT, "/me/password", &new);
    changed.assert_status(200);
    long.get("/audit/vkey").assert_problem(401, "session-ended");
}

#[test]
fn nobody_has_more_than_twenty_and_what_was_revoked_or_is_over_does_not_count() {
    let vault = TestVault::new();
    let owner = vault.newcomer_with_code("investigator");
    let wanted = |days: u8| {
        let body = json!({ "label": "a script", "days": days, "actions": ["audit.vkey"] });
        owner.post("/tokens", &body)
    };
    let first = wanted(30).assert_status(201);
    for _ in 0..19 {
        wanted(30).assert_status(201);
    }
    wanted(1).assert_problem(409, "too-many-tokens");
    // Nobody else is in the way of it, nor anybody's sessions.
    let other = vault.newcomer_with_code("investigator");
    make(&other, &["audit.vkey"], None);
    let path = format!("/tokens/{}", first.member("token"));
    owner.delete(&path).assert_status(200);
    wanted(1).assert_status(201);
    wanted(1).assert_problem(409, "too-many-tokens");
    let list = owner.get("/tokens?limit=500").assert_status(200).json();
    assert_eq!(list["tokens"].as_array().unwrap().len(), 20, "{list}");
}

#[test]
fn what_is_spelt_wrong_is_nobodys() {
    let incident = Incident::new();
    let owner = member(&incident, "investigator");
    let secret = make(&owner, READS, None).member("secret");
    for other in [
        secret.replace("bvt_", ""),
        secret.to_uppercase(),
        format!("{secret}0"),
        secret[..61].to_owned(),
        format!("bvt_{}", "0".repeat(58)),
    ] {
        let refused = incident.anonymous().with_token(&other);
        refused
            .get(&incident.of_case(""))
            .assert_problem(401, "unauthenticated");
    }
    // A browser's cookie is a session, and never a token.
    let page = incident.anonymous().send(
        Method::GET,
        "/console",
        &[("cookie", &format!("__Host-session={secret}"))],
        &[],
    );
    assert_eq!(page.status, 303);
}
