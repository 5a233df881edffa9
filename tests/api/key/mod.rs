//! The keys, and the keyring.

mod carry_out_change;
mod decide_change;
mod read;
mod request_change;
mod rotate_case;
mod slot_list;
mod status;

use breachvault::vault::keyring::LockedKeyring;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestVault, body};

/// Where changes of the slots are asked for.
pub const CHANGE: &str = "/keys/slots/change";

pub fn shares(needed: u8, shares: u8) -> Value {
    json!({
        "change": "add", "kind": "shares", "label": "board", "needed": needed, "shares": shares,
        "reason": body::REASON,
    })
}

fn removal(slot: u64) -> Value {
    json!({ "change": "remove", "slot": slot, "reason": body::REASON })
}

/// One administrator asks, the other approves, the first carries it out.
pub fn change(vault: &TestVault, wanted: &Value) -> Answer {
    let (one, other) = (vault.administrator(), vault.other_administrator());
    one.post(CHANGE, wanted).assert_status(201);
    decide(&other, &body::approve()).assert_status(200);
    carry_out(&one).assert_status(200)
}

pub fn decide(client: &Client, decision: &Value) -> Answer {
    client.post("/keys/slots/change/decision", decision)
}

pub fn carry_out(client: &Client) -> Answer {
    client.post("/keys/slots/change/carrying-out", &body::reason())
}

pub fn slots(vault: &TestVault) -> Value {
    vault
        .administrator()
        .get("/keys/slots")
        .assert_status(200)
        .json()
}

pub fn locked(vault: &TestVault) -> LockedKeyring {
    LockedKeyring::read(&vault.paths.keyring()).unwrap()
}
