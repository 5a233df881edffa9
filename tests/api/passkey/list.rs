//! The caller's passkeys.

use serde_json::json;

use crate::support::{Authenticator, TestVault};

#[test]
fn everybody_sees_their_own_and_nobody_elses() {
    let vault = TestVault::new();
    let (lead, key) = (vault.lead(), Authenticator::new());
    assert_eq!(lead.get("/me/passkeys").json(), json!({ "passkeys": [] }));
    let body = lead.making(&key, "blue key");
    let enrolled = lead.post("/me/passkeys", &body).assert_status(201);
    let list = lead.get("/me/passkeys").assert_status(200).json();
    let passkeys = list["passkeys"].as_array().unwrap();
    assert_eq!(passkeys.len(), 1, "{list}");
    assert_eq!(passkeys[0]["passkey"], enrolled.json()["passkey"]);
    assert_eq!(passkeys[0]["label"], "blue key");
    assert_eq!(passkeys[0]["leaf"].as_u64(), enrolled.leaf());
    let other = vault.second_lead().get("/me/passkeys").assert_status(200);
    assert_eq!(other.json(), json!({ "passkeys": [] }));
}
