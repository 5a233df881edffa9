//! A new password of one's own.

use serde_json::json;

use crate::support::{PASSWORD, TestVault, Who, code};

const NEW: &str = "another password of the tests";

fn change(old: &str, new: &str) -> serde_json::Value {
    json!({ "old_password": old, "new_password": new })
}

#[test]
fn a_new_password_takes_the_place_of_the_old_one_and_ends_all_other_sessions() {
    let vault = TestVault::new();
    let (here, lost) = (vault.investigator(), vault.new_session(Who::Investigator));
    for (old, new, status, kind) in [
        ("not the password", NEW, 401, "wrong-credential"),
        (PASSWORD, "short", 422, "invalid"),
        (PASSWORD, PASSWORD, 422, "invalid"),
    ] {
        let refused = here.put("/me/password", &change(old, new));
        let refused = refused.assert_problem(status, kind);
        assert!(!refused.text().contains(new) && !refused.text().contains(old));
        lost.get("/me").assert_status(200);
    }
    let changed = here
        .put("/me/password", &change(PASSWORD, NEW))
        .assert_status(200);
    assert_eq!(changed.json(), json!({ "sessions_ended": 1 }));
    let path = format!("/audit/leaves/{}", changed.leaf().unwrap());
    let leaf = vault.auditor().get(&path).assert_status(200).json()["leaf"].clone();
    assert_eq!(leaf["action"], "session.password", "{leaf}");
    assert_eq!(leaf["object"], vault.operator(Who::Investigator).as_str());
    here.get("/me").assert_status(200);
    let ended = lost.get("/me").assert_problem(401, "session-ended");
    assert!(ended.text().contains("It was ended"), "{}", ended.text());
    let name = Who::Investigator.name();
    vault
        .sign_in(name, PASSWORD)
        .assert_problem(401, "wrong-credential");
    vault.sign_in(name, NEW).assert_status(201);
}

#[test]
fn whoever_has_a_session_does_not_guess_the_password_by_it() {
    let vault = TestVault::new();
    let stolen = vault.investigator();
    let tries: Vec<u16> = (0..12)
        .map(|no| {
            stolen
                .put("/me/password", &change(&format!("guess number {no}"), NEW))
                .status
        })
        .collect();
    assert_eq!(tries[0], 401, "{tries:?}");
    assert_eq!(*tries.last().unwrap(), 429, "{tries:?}");
    // The right one is not looked at either, until the bucket has leaked.
    let right = || stolen.put("/me/password", &change(PASSWORD, NEW));
    assert_eq!(right().status, 429);
    vault.clock.advance_seconds(600);
    right().assert_status(200);
}

#[test]
fn a_code_of_the_second_factor_is_asked_for_again_and_works_once() {
    let vault = TestVault::with("[identity]\nsecond_factor = \"required\"\n");
    let lead = vault.lead();
    let fresh = || {
        vault.clock.advance_seconds(30);
        code(&vault.second_factor(Who::Lead).unwrap(), vault.seconds())
    };
    let with = |totp: &str, old: &str, new: &str| {
        let mut body = change(old, new);
        body["totp"] = json!(totp);
        lead.put("/me/password", &body)
    };
    let without = lead.put("/me/password", &change(PASSWORD, NEW));
    without.assert_problem(401, "wrong-credential");
    let used = fresh();
    with(&used, PASSWORD, NEW).assert_status(200);
    with(&used, NEW, PASSWORD).assert_problem(401, "wrong-credential");
    with(&fresh(), NEW, PASSWORD).assert_status(200);
}
