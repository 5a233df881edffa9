//! The root gets a successor while the vault is served: sessions, tokens and slots stay good.

use std::time::{Duration, Instant};

use breachvault::vault::keyring::{Passphrase, Share};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::key::{CHANGE, carry_out, change, decide, locked, shares, slots};
use crate::support::{Incident, TestVault, Who, body};

const PASSPHRASE: &str = "a passphrase of the tests";

fn wanted() -> Value {
    json!({ "change": "rotate-root", "reason": body::REASON })
}

fn status(vault: &TestVault) -> Value {
    let answer = vault.administrator().get("/keys/status");
    answer.assert_status(200).json()
}

/// Waits until what the keys of before sealed is sealed again.
fn until_ended(vault: &TestVault) -> Value {
    let begun = Instant::now();
    loop {
        let told = status(vault);
        if told["rotations"].as_array().unwrap().is_empty() {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{told}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn everybody_works_on_after_a_new_root_and_each_slot_opens_it() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let investigator = incident.investigator();
    let look = || {
        let answer = incident.look_up(&investigator, &[&number]);
        answer.assert_status(200).json()["results"].clone()
    };
    let made = change(&incident, &shares(2, 3)).json();
    let before = (look(), status(&incident));
    let reason = "this is read again after the root is another one";
    let asked = json!({ "change": "new-signing-keys", "reason": reason });
    let asked = incident.administrator().post(CHANGE, &asked);
    let asked = asked.assert_status(201).leaf().unwrap();

    let answer = change(&incident, &wanted());
    let done = answer.json();
    assert_eq!(done["kind"], "root");
    assert_eq!(
        (&done["slot"], &done["passphrase"]),
        (&Value::Null, &Value::Null)
    );
    let keys = incident.administrator().get("/keys").assert_status(200);
    assert_eq!(keys.json()["log_key"], done["log_key"]);
    assert_eq!(keys.json()["package_key"], done["package_key"]);
    let leaf = incident.leaf(answer.leaf().unwrap());
    assert_eq!(leaf["action"], "slot.carry-out");
    assert_eq!(leaf["object"], "root");
    assert_eq!(leaf["generation"], done["generation"]);
    assert!(leaf["successor"].is_string(), "{leaf}");

    // The sessions of before go on, and so does the work.
    assert_eq!(look(), before.0);
    let ended = until_ended(&incident);
    assert_eq!(look(), before.0);
    let generation = |told: &Value| told["generation"].as_u64().unwrap();
    assert_eq!(generation(&ended), generation(&before.1) + 2);
    assert_eq!(ended["root_since"], generation(&before.1) + 1);
    assert_eq!(ended["slots"], before.1["slots"]);
    let retired = (answer.leaf().unwrap()..incident.leaves()).map(|no| incident.leaf(no));
    let retired: Vec<Value> = retired
        .filter(|leaf| leaf["action"] == "key.retire")
        .collect();
    assert_eq!(retired.len(), 1);
    assert!(retired[0]["case"].is_null() && retired[0]["operator"].is_null());
    let read = incident.auditor().get(&format!("/audit/leaves/{asked}"));
    assert!(read.assert_status(200).text().contains(reason));
    let metrics = incident
        .anonymous()
        .send(Method::GET, "/metrics", &[], &[])
        .assert_status(200)
        .text();
    assert!(
        metrics.contains("\nbreachvault_root_rotation 0\n"),
        "{metrics}"
    );

    // Whoever signs in anew can, and each slot opens.
    incident.forget_sessions();
    assert_eq!(slots(&incident)["change"], Value::Null);
    let locked = locked(&incident);
    assert!(
        locked
            .unlock(&Passphrase::new(PASSPHRASE.to_owned()))
            .is_ok()
    );
    let mut gathering = locked.gathering();
    for no in [2, 0] {
        let text = made["shares"][no].as_str().unwrap();
        gathering.add(Share::parse(text).ok().unwrap()).unwrap();
    }
    assert!(locked.unlock_with_shares(&gathering).is_ok());
}

#[test]
fn a_new_root_takes_two_administrators_and_nothing_of_a_slot() {
    let vault = TestVault::new();
    let (one, other) = (vault.administrator(), vault.other_administrator());
    let generation = || status(&vault)["generation"].clone();
    let before = generation();
    for (name, value) in [
        ("kind", json!("passphrase")),
        ("label", json!("x")),
        ("slot", json!(0)),
        ("shares", json!(2)),
        ("recipients", json!([])),
    ] {
        let mut change = wanted();
        change[name] = value;
        let answer = one.post(CHANGE, &change).assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], name);
    }
    for who in [Who::Lead, Who::Auditor, Who::Custodian, Who::Investigator] {
        let refused = vault.client(who).post(CHANGE, &wanted());
        refused.assert_problem(403, "not-allowed");
    }
    one.post(CHANGE, &wanted()).assert_status(201);
    let waits = slots(&vault)["change"].clone();
    assert_eq!(
        (&waits["change"], &waits["kind"], &waits["slot"]),
        (&json!("rotate-root"), &json!("root"), &Value::Null)
    );
    decide(&one, &body::approve()).assert_problem(403, "own-request");
    carry_out(&one).assert_problem(409, "wrong-state");
    decide(&other, &body::approve()).assert_status(200);
    carry_out(&other).assert_problem(403, "not-the-asker");
    // What was decided is a root for the slots of then.
    assert_eq!(generation(), before);
    one.post(CHANGE, &wanted()).assert_status(201);
    decide(&other, &body::deny()).assert_status(200);
    carry_out(&one).assert_problem(404, "not-found");
    assert_eq!(generation(), before);
    assert_eq!(status(&vault)["root_since"], 1);
}
