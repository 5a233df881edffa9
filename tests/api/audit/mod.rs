//! The log, as auditors and the holders of receipts see it.

mod checkpoint;
mod prove;
mod read;
mod request_leaves;
mod search;
mod sheet;
mod sign_off;
mod vkey;
mod volume;

use breachvault::vault::audit::VerifierKey;
use serde_json::Value;

use crate::support::TestVault;

pub fn key(vault: &TestVault) -> VerifierKey {
    let text = vault.auditor().get("/audit/vkey").assert_status(200).text();
    text.trim().parse().unwrap()
}

pub fn search(vault: &TestVault, query: &Value) -> Vec<Value> {
    let answer = vault.auditor().post("/audit/leaves/search", query);
    answer.assert_status(200).json()["leaves"]
        .as_array()
        .unwrap()
        .clone()
}
