//! What may be asked for of the keyring's slots.

use serde_json::{Value, json};

use super::{CHANGE, removal, shares};
use crate::support::{TestVault, body};

#[test]
fn what_no_slot_can_be_is_refused() {
    let vault = TestVault::new();
    let administrator = vault.administrator();
    let refused = |change: Value, at: &str| {
        let answer = administrator
            .post(CHANGE, &change)
            .assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], at, "{change}");
    };
    let with = |name: &str, value: Value| {
        let mut change = shares(2, 3);
        change[name] = value;
        change
    };
    refused(with("change", json!("swap")), "change");
    refused(with("kind", json!("tpm")), "kind");
    refused(with("kind", json!("command")), "needed");
    refused(with("needed", json!(1)), "shares");
    refused(with("needed", json!(4)), "shares");
    refused(with("shares", json!(17)), "shares");
    refused(with("label", json!("")), "label");
    refused(with("label", json!("call +44 7700 900123")), "label");
    refused(with("slot", json!(0)), "slot");
    refused(with("recipients", json!([])), "recipients");
    refused(with("reason", json!("short")), "reason");
    refused(removal(7), "slot");
    let by_program = json!({
        "change": "add", "kind": "command", "label": "x", "reason": body::REASON,
    });
    refused(by_program, "kind");
    let age = |recipients: Value| {
        json!({
            "change": "add", "kind": "age", "label": "x", "reason": body::REASON,
            "recipients": recipients,
        })
    };
    refused(age(json!([])), "recipients");
    refused(age(json!(["AGE-SECRET-KEY-1QQQQ"])), "recipients[0]");
    refused(age(json!(["age1yubikey1-r;rm"])), "recipients[0]");
    administrator
        .post(CHANGE, &removal(0))
        .assert_problem(409, "keyring-slots");
}
