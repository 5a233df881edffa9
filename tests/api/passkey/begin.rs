//! What an authenticator needs to make a passkey.

use serde_json::json;

use crate::support::{Authenticator, TestVault, Who};

#[test]
fn it_names_the_caller_the_address_and_what_the_caller_has() {
    let vault = TestVault::new();
    let (lead, key) = (vault.lead(), Authenticator::new());
    let begin = || {
        lead.post("/me/passkeys/challenge", &json!({}))
            .assert_status(200)
    };
    let begun = begin().json();
    assert_eq!(begun["relying_party"], "localhost");
    assert_eq!(begun["name"], Who::Lead.name());
    assert_eq!(begun["exclude"], json!([]));
    assert_eq!(begun["seconds"], 300);
    let other = begin().json();
    assert_ne!(begun["nonce"], other["nonce"]);
    assert_ne!(begun["challenge"], other["challenge"]);
    lead.enrol(&key);
    let excluded = begin().json()["exclude"].as_array().unwrap().len();
    assert_eq!(excluded, 1);
}

#[test]
fn the_address_follows_from_the_configuration() {
    let toml = "[sign_in]\npasskeys = \"offered\"\naddress = \"https://vault.example\"\n";
    let vault = TestVault::with(toml);
    let begun = vault.lead().post("/me/passkeys/challenge", &json!({}));
    assert_eq!(
        begun.assert_status(200).json()["relying_party"],
        "vault.example"
    );
    // What was made for another address is refused.
    let body = vault.lead().making(&Authenticator::new(), "a key");
    let refused = vault.lead().post("/me/passkeys", &body);
    refused.assert_problem(403, "assertion-refused");
    // An invitation says on which page it is used, where the address is known.
    let page = "https://vault.example/console/invitation";
    let body = json!({ "name": "somebody", "role": "investigator" });
    let invited = vault.administrator().post("/operators", &body);
    assert_eq!(invited.assert_status(201).member("page"), page);
    let unknown = TestVault::new();
    let invited = unknown.administrator().post("/operators", &body);
    assert!(invited.assert_status(201).json().get("page").is_none());
}
