//! Machines: what they may, who adds and ends them. How they connect is in `network/machines.rs`.

mod add;
mod end;
mod list;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Machine, invented};

/// A configuration with an address for machines.
pub const MACHINES: &str = "[serve]\nmachines = \"127.0.0.1:0\"\n";

pub fn incident() -> Incident {
    Incident::with(MACHINES, invented(300, 11))
}

/// What a machine is wanted for.
pub fn wanted(machine: &Machine, actions: &[&str], case: Option<&str>) -> Value {
    json!({
        "label": "nightly counts", "certificate": machine.pem(), "days": 30, "actions": actions, "case": case,
    })
}

pub fn add(owner: &Client, machine: &Machine, actions: &[&str], case: Option<&str>) -> Answer {
    let added = owner.post("/machines", &wanted(machine, actions, case));
    added.assert_status(201)
}
