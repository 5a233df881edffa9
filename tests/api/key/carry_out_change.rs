//! Slots of the keyring come and go when the one who asked does it; what opens a new one is handed out once.

use breachvault::vault::keyring::{KeyringError, Passphrase, Share, ShareFault};
use serde_json::{Value, json};

use super::{CHANGE, carry_out, change, decide, locked, removal, shares, slots};
use crate::support::{TestVault, body, captured};

#[test]
fn shares_are_handed_out_once_and_open_the_keyring() {
    let vault = TestVault::new();
    let before = slots(&vault);
    let answer = change(&vault, &shares(2, 3));
    let made = answer.json();
    let texts = made["shares"].as_array().unwrap();
    assert_eq!(texts.len(), 3);
    assert_eq!(made["passphrase"], Value::Null);
    let after = slots(&vault);
    assert_eq!(after["change"], Value::Null);
    let slot = &after["keyring"]["slots"][1];
    assert_eq!(slot["kind"], "shares");
    assert_eq!((&slot["needed"], &slot["shares"]), (&json!(2), &json!(3)));
    assert_eq!(slot["fingerprint"], made["fingerprint"]);
    let generation = |told: &Value| told["keyring"]["generation"].as_u64().unwrap();
    assert_eq!(generation(&after), generation(&before) + 1);

    // No other answer, no leaf and no file has a share.
    let leaf = vault
        .auditor()
        .get(&format!("/audit/leaves/{}", answer.leaf().unwrap()));
    let leaf = leaf.assert_status(200);
    let object = leaf.json()["leaf"]["object"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let told = leaf.text();
    let fingerprint = made["fingerprint"].as_str().unwrap();
    assert!(
        told.contains(fingerprint) && told.contains("board"),
        "{object} {told}"
    );
    let file = std::fs::read_to_string(vault.paths.keyring()).unwrap();
    for text in texts {
        let text = text.as_str().unwrap();
        assert!(!told.contains(text) && !file.contains(text) && !after.to_string().contains(text));
    }
    carry_out(&vault.administrator()).assert_problem(404, "not-found");

    let locked = locked(&vault);
    let mut gathering = locked.gathering();
    let share = |no: usize| Share::parse(texts[no].as_str().unwrap()).ok().unwrap();
    gathering.add(share(2)).unwrap();
    assert!(locked.unlock_with_shares(&gathering).is_err());
    assert_eq!(gathering.add(share(2)), Err(ShareFault::Doubled(3)));
    gathering.add(share(0)).unwrap();
    let keyring = locked.unlock_with_shares(&gathering).ok().unwrap();
    assert_eq!(keyring.opened().shares, [3, 1]);
    assert_eq!(keyring.opened().fingerprint.to_string(), fingerprint);
}

#[test]
fn a_passphrase_is_made_and_opens_until_its_slot_is_removed() {
    let vault = TestVault::new();
    let wanted = json!({
        "change": "add", "kind": "passphrase", "label": "for the safe", "reason": body::REASON,
    });
    let made = change(&vault, &wanted).json();
    let text = made["passphrase"].as_str().unwrap().to_owned();
    let opens = |text: &str| {
        locked(&vault)
            .unlock(&Passphrase::new(text.to_owned()))
            .is_ok()
    };
    assert!(opens(&text) && opens("a passphrase of the tests"));
    let gone = change(&vault, &removal(made["slot"].as_u64().unwrap())).json();
    assert_eq!(gone["fingerprint"], made["fingerprint"]);
    assert!(!opens(&text) && opens("a passphrase of the tests"));
    assert_eq!(
        slots(&vault)["keyring"]["slots"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn an_age_recipient_opens_with_the_identity() {
    use age::secrecy::ExposeSecret as _;

    let vault = TestVault::new();
    let identity = age::x25519::Identity::generate();
    let wanted = json!({
        "change": "add", "kind": "age", "label": "an offline key", "reason": body::REASON,
        "recipients": [identity.to_public().to_string()],
    });
    let made = change(&vault, &wanted).json();
    assert_eq!(
        (&made["passphrase"], &made["shares"]),
        (&Value::Null, &Value::Null)
    );
    let opened = |identity: &age::x25519::Identity| {
        let text = identity.to_string();
        let path = std::path::Path::new("/nonexistent");
        locked(&vault)
            .unlock_with_identity(text.expose_secret(), path, None)
            .is_ok()
    };
    assert!(opened(&identity));
    assert!(!opened(&age::x25519::Identity::generate()));
    // It was not proved to open, so the passphrase has to stay.
    let refused = vault.administrator().post(CHANGE, &removal(0));
    refused.assert_problem(409, "keyring-slots");
}

#[test]
fn a_program_wraps_a_key_and_gives_it_back() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let wrap = script("wrap", "#!/bin/sh\nexec tr A-Za-z N-ZA-Mn-za-m\n");
    let toml = format!("[keyring]\nwrap = [{wrap:?}]\nopen = [{wrap:?}]\n");
    let vault = TestVault::with(&toml);
    let wanted = json!({
        "change": "add", "kind": "command", "label": "the key server", "reason": body::REASON,
    });
    change(&vault, &wanted);
    let programs = breachvault::config::Config::parse(&toml)
        .unwrap()
        .keyring
        .programs();
    let opened = locked(&vault).unlock_with_program(programs.open.as_ref());
    assert_eq!(opened.ok().unwrap().opened().kind, "command");
    let other = script(
        "other",
        "#!/bin/sh\ncat >/dev/null; echo c3VwcG9zZWQga2V5\n",
    );
    let toml = format!("[keyring]\nopen = [{other:?}]\n");
    let other = breachvault::config::Config::parse(&toml)
        .unwrap()
        .keyring
        .programs();
    assert!(
        locked(&vault)
            .unlock_with_program(other.open.as_ref())
            .is_err()
    );
    // One that gives a whole key of another slot is named for what it is.
    let whole = script(
        "whole",
        "#!/bin/sh\ncat >/dev/null; head -c 32 /dev/zero | base64\n",
    );
    let toml = format!("[keyring]\nopen = [{whole:?}]\n");
    let whole = breachvault::config::Config::parse(&toml)
        .unwrap()
        .keyring
        .programs();
    let opened = locked(&vault).unlock_with_program(whole.open.as_ref());
    assert_eq!(opened.err(), Some(KeyringError::WrongProgram));
    // A program is proved when its slot is made, so the passphrase may go.
    change(&vault, &removal(0));
    let refused = vault.administrator().post(CHANGE, &removal(1));
    refused.assert_problem(409, "keyring-slots");
}

#[test]
fn a_program_that_does_not_give_the_key_back_adds_no_slot() {
    let toml = "[keyring]\nwrap = [\"/bin/cat\"]\nopen = [\"/bin/false\"]\n";
    let vault = TestVault::with(toml);
    let wanted = json!({
        "change": "add", "kind": "command", "label": "the key server", "reason": body::REASON,
    });
    let (one, other) = (vault.administrator(), vault.other_administrator());
    one.post(CHANGE, &wanted).assert_status(201);
    decide(&other, &body::approve()).assert_status(200);
    carry_out(&one).assert_problem(409, "keyring-slots");
    assert_eq!(
        slots(&vault)["keyring"]["slots"].as_array().unwrap().len(),
        1
    );
    // The vault's own log says why.
    let why = "the program of the slot gave nothing: it ended with a failure";
    assert!(captured().contains(why), "{why}");
}
