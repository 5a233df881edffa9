//! Tokens of scripts.

mod list;
mod make;
mod revoke;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident};

/// What a token is wanted for.
pub fn wanted(actions: &[&str], case: Option<&str>) -> Value {
    json!({ "label": "nightly counts", "days": 30, "actions": actions, "case": case })
}

pub fn make(owner: &Client, actions: &[&str], case: Option<&str>) -> Answer {
    let made = owner.post("/tokens", &wanted(actions, case));
    made.assert_status(201)
}

/// Somebody with a second factor who works on the incident's case.
pub fn member(incident: &Incident, role: &str) -> Client {
    let owner = incident.newcomer_with_code(role);
    let operator = owner.get("/me").assert_status(200).member("operator");
    incident.give(&incident.case, &operator, role, None);
    incident
        .recognise_by(&incident.lead(), &incident.case, &owner)
        .assert_status(200);
    owner
}
