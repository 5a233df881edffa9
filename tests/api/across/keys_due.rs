//! Which keys are due, and who is told.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::key::change;
use crate::support::{Client, TestVault, Who, body};

const DAY: i64 = 86_400;

fn dates(vault: &TestVault) -> Vec<Value> {
    let status = vault.administrator().get("/keys/status");
    let status = status.assert_status(200).json();
    status["dates"].as_array().unwrap().clone()
}

fn of(dates: &[Value], kind: &str) -> Value {
    let found = dates.iter().find(|one| one["kind"] == kind);
    found.cloned().unwrap_or_default()
}

/// Whether the inbox says that a key is due.
fn is_told(client: &Client) -> bool {
    let inbox = client.get("/inbox").assert_status(200).json();
    let tasks = inbox["tasks"].as_array().unwrap();
    tasks.iter().any(|task| task["kind"] == "keys")
}

#[test]
fn a_key_is_due_on_its_day_and_administrators_are_told_until_it_is_made_anew() {
    let vault = TestVault::with(
        "[keys]\npassphrase_days = 30\nsigning_days = 10\nroot_days = 40\ncase_days = 20\n",
    );
    let case = vault.open_case();
    let before = dates(&vault);
    let due_at = |kind: &str| of(&before, kind)["due_at"].as_str().unwrap().to_owned();
    assert_eq!(due_at("signing-keys"), "2024-04-12T09:00:00Z");
    assert_eq!(due_at("case"), "2024-04-22T09:00:00Z");
    assert_eq!(of(&before, "case")["case"], case.as_str());
    assert_eq!(due_at("passphrase"), "2024-05-02T09:00:00Z");
    assert_eq!(of(&before, "passphrase")["slot"], 0);
    assert_eq!(due_at("root"), "2024-05-12T09:00:00Z");
    assert!(of(&before, "certificate")["since"].is_string());
    assert!(before.iter().all(|one| one["due"] == false), "{before:?}");
    assert!(!is_told(&vault.administrator()));

    vault.clock.advance_seconds(10 * DAY);
    vault.forget_sessions();
    let after = dates(&vault);
    assert_eq!(after[0]["kind"], "signing-keys");
    let due: Vec<bool> = after.iter().map(|one| one["due"] == true).collect();
    assert_eq!(due.iter().filter(|due| **due).count(), 1, "{after:?}");
    assert!(is_told(&vault.administrator()));
    for who in [Who::Lead, Who::Auditor, Who::Custodian] {
        assert!(!is_told(&vault.client(who)), "{who:?}");
        let refused = vault.client(who).get("/keys/status");
        refused.assert_problem(403, "not-allowed");
    }
    // The dates are where the keyring is.
    for path in ["/keys", "/keys/slots"] {
        let told = vault.administrator().get(path).assert_status(200).json();
        assert_eq!(told["keyring"]["dates"], json!(after), "{path}");
    }

    let wanted = json!({ "change": "new-signing-keys", "reason": body::REASON });
    change(&vault, &wanted);
    assert_eq!(of(&dates(&vault), "signing-keys")["due"], false);
    assert!(!is_told(&vault.administrator()));

    // A new root is of today.
    assert_eq!(of(&before, "root")["since"], "2024-04-02T09:00:00Z");
    let wanted = json!({ "change": "rotate-root", "reason": body::REASON });
    change(&vault, &wanted);
    let root = of(&dates(&vault), "root");
    assert_eq!(root["since"], "2024-04-12T09:00:00Z");
    assert_eq!(root["due_at"], "2024-05-22T09:00:00Z");
}

#[test]
fn a_certificate_is_due_before_its_end_and_metrics_say_so() {
    let vault = TestVault::with("[keys]\ncertificate_days = 36500\ncase_days = 0\n");
    vault.open_case();
    let found = dates(&vault);
    assert_eq!(of(&found, "certificate")["due"], true);
    assert_eq!(of(&found, "root"), Value::Null);
    assert_eq!(of(&found, "case"), Value::Null);
    assert!(is_told(&vault.administrator()));
    // The server looks for them at its start and then every minute.
    let metrics = || {
        let answer = vault.anonymous().send(Method::GET, "/metrics", &[], &[]);
        answer.assert_status(200).text()
    };
    let begun = std::time::Instant::now();
    while !metrics().contains("\nbreachvault_keys_due 1\n") {
        assert!(begun.elapsed().as_secs() < 90, "{}", metrics());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let told = metrics();
    for kind in ["passphrase", "signing-keys", "certificate"] {
        let line = format!("\nbreachvault_key_due_seconds{{kind=\"{kind}\"}} ");
        assert!(told.contains(&line), "{told}");
    }
    assert!(!told.contains("kind=\"root\""), "{told}");
}
