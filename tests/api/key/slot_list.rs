//! The slots, and the change of them that waits.

use serde_json::{Value, json};

use super::{CHANGE, carry_out, decide, shares, slots};
use crate::support::{TestVault, Who, body};

#[test]
fn nobody_else_sees_or_changes_slots() {
    let vault = TestVault::new();
    for who in [Who::Lead, Who::Custodian, Who::Auditor, Who::Outsider] {
        let client = vault.client(who);
        client.get("/keys/slots").assert_problem(403, "not-allowed");
        client
            .post(CHANGE, &shares(2, 3))
            .assert_problem(403, "not-allowed");
        decide(&client, &body::approve()).assert_problem(403, "not-allowed");
        carry_out(&client).assert_problem(403, "not-allowed");
    }
}

#[test]
fn the_slots_and_the_change_that_waits_are_listed() {
    let vault = TestVault::new();
    let before = slots(&vault);
    assert_eq!(before["change"], Value::Null);
    assert_eq!(before["keyring"]["slots"][0]["label"], "first passphrase");
    assert_eq!(before["keyring"]["slots"][0]["opened"], true);
    let (one, other) = (vault.administrator(), vault.other_administrator());
    one.post(CHANGE, &shares(2, 3)).assert_status(201);
    let change = slots(&vault)["change"].clone();
    assert_eq!(
        (&change["change"], &change["kind"]),
        (&json!("add"), &json!("shares"))
    );
    assert_eq!(
        (&change["needed"], &change["shares"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(
        (&change["state"], &change["label"]),
        (&json!("requested"), &json!("board"))
    );
    assert_eq!(change["asked_by"], Who::Administrator.name());
    assert_eq!(change["approved_by"], Value::Null);
    assert_eq!(change["expires_at"], "2024-04-03T09:00:00Z");
    decide(&other, &body::approve()).assert_status(200);
    let change = slots(&vault)["change"].clone();
    assert_eq!(change["state"], "approved");
    assert_eq!(change["approved_by"], "administrator.two");
}
