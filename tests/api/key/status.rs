//! The keyring seen from outside.

use crate::support::{TestVault, Who};

#[test]
fn the_administrator_sees_generation_slots_and_cases_and_no_key() {
    let vault = TestVault::new();
    let status = || {
        let answer = vault.administrator().get("/keys/status");
        answer.assert_status(200).json()
    };
    let before = status();
    assert_eq!(before["cases"], 0);
    assert_eq!(before["slots"][0]["kind"], "passphrase");
    let mut members: Vec<_> = before["slots"][0].as_object().unwrap().keys().collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "fingerprint",
            "kind",
            "label",
            "lanes",
            "made_at",
            "memory_kib",
            "needed",
            "opened",
            "passes",
            "recipients",
            "shares",
            "since",
            "slot",
        ]
    );
    assert_eq!(before["slots"][0]["made_at"], "2024-04-02T09:00:00Z");

    vault.open_case();
    let after = status();
    assert_eq!(after["cases"], 1);
    let generation = |status: &serde_json::Value| status["generation"].as_u64().unwrap();
    assert!(generation(&after) > generation(&before), "{after}");
    assert_eq!(after["vault"], before["vault"]);
}

#[test]
fn nobody_else_sees_the_keyring() {
    let vault = TestVault::new();
    for who in [Who::Lead, Who::Custodian, Who::Auditor, Who::Outsider] {
        let answer = vault.client(who).get("/keys/status");
        answer.assert_problem(403, "not-allowed");
    }
}
