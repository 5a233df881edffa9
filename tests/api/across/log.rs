//! The whole log of a vault that was worked with.

use breachvault::vault::trail::verify_directory;
use serde_json::json;

use crate::audit::{key, search};
use crate::support::{Incident, TestVault, Who};

#[test]
fn the_log_of_a_vault_that_was_worked_with_verifies_against_kept_checkpoints() {
    let incident = Incident::new();
    let kept: Vec<Vec<u8>> = (0..3)
        .map(|_| {
            incident
                .look_up(&incident.investigator(), &["+447700900001"])
                .assert_status(200);
            incident
                .auditor()
                .get("/audit/checkpoint")
                .assert_status(200)
                .body
        })
        .collect();
    let verdict = verify_directory(&incident.paths, Some(key(&incident)), &kept).unwrap();
    assert_eq!(verdict.size, incident.leaves());
    let other = TestVault::new();
    assert!(verify_directory(&incident.paths, Some(key(&other)), &[]).is_err());
    let foreign = other
        .auditor()
        .get("/audit/checkpoint")
        .assert_status(200)
        .body;
    assert!(verify_directory(&incident.paths, None, &[foreign]).is_err());
}

#[test]
fn a_failed_sign_in_and_a_stop_are_in_the_log() {
    let vault = TestVault::new();
    vault.lead();
    vault
        .sign_in("lead.one", "not the password of it")
        .assert_problem(401, "wrong-credential");
    let denied = search(
        &vault,
        &json!({ "action": "session.open", "outcome": "denied" }),
    );
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["kind"], "wrong-credential");
    assert_eq!(denied[0]["object"], vault.operator(Who::Lead).as_str());
    assert_eq!(search(&vault, &json!({ "action": "vault.init" })).len(), 1);
    assert!(vault.stop());
}
