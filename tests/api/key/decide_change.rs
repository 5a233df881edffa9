//! Another administrator decides about a change of the slots.

use serde_json::Value;

use super::{CHANGE, carry_out, decide, shares, slots};
use crate::support::{TestVault, body};

#[test]
fn nobody_changes_slots_alone() {
    let vault = TestVault::new();
    let (one, other) = (vault.administrator(), vault.other_administrator());
    decide(&one, &body::approve()).assert_problem(404, "not-found");
    carry_out(&one).assert_problem(404, "not-found");
    one.post(CHANGE, &shares(2, 3)).assert_status(201);
    decide(&one, &body::approve()).assert_problem(403, "own-request");
    carry_out(&one).assert_problem(409, "wrong-state");
    carry_out(&other).assert_problem(403, "not-the-asker");
    other
        .post(CHANGE, &shares(2, 2))
        .assert_problem(409, "keyring-slots");
    decide(&other, &body::approve()).assert_status(200);
    decide(&other, &body::deny()).assert_problem(409, "wrong-state");
    carry_out(&other).assert_problem(403, "not-the-asker");
    // Whoever asks anew gets what is then approved, and nothing before it is.
    one.post(CHANGE, &shares(3, 5)).assert_status(201);
    carry_out(&one).assert_problem(409, "wrong-state");
    decide(&other, &body::deny()).assert_status(200);
    carry_out(&one).assert_problem(404, "not-found");
    assert_eq!(
        slots(&vault)["keyring"]["slots"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn an_approval_ends_after_a_day() {
    let vault = TestVault::with("[sessions]\nsession_minutes = 10080\n");
    let (one, other) = (vault.administrator(), vault.other_administrator());
    one.post(CHANGE, &shares(2, 3)).assert_status(201);
    decide(&other, &body::approve()).assert_status(200);
    vault.clock.advance_seconds(24 * 3600);
    carry_out(&one).assert_problem(404, "not-found");
    assert_eq!(slots(&vault)["change"], Value::Null);
}

#[test]
fn the_leaf_of_a_decision_says_who_asked_and_what_was_decided() {
    let vault = TestVault::new();
    let (one, other) = (vault.administrator(), vault.other_administrator());
    one.post(CHANGE, &shares(2, 3)).assert_status(201);
    let decided = decide(&other, &body::approve()).assert_status(200);
    let leaf = vault
        .auditor()
        .get(&format!("/audit/leaves/{}", decided.leaf().unwrap()));
    let told = leaf.assert_status(200).text();
    let asker = one.get("/me").member("operator");
    for word in ["slot.decide", "approve", &asker] {
        assert!(told.contains(word), "{word}: {told}");
    }
}
