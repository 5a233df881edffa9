//! Rows in quarantine: a lead asks, somebody else decides, and the lead sees them once, masked.

mod decide;
mod list;
mod open;
mod read;
mod request;

use serde_json::Value;

use crate::support::{Answer, Client, Incident, body, fresh_csv_with_a_reject};

/// An exhibit with one row in quarantine, and a request of a lead to see it.
fn asked(incident: &Incident) -> String {
    incident.ask_quarantine_of_a_fresh_one()
}

fn ask(incident: &Incident, client: &Client, exhibit: &str) -> Answer {
    let path = incident.of_case(&format!("/exhibits/{exhibit}/quarantine"));
    client.post(&path, &body::reason())
}

fn decide(client: &Client, quarantine: &str, body: &Value) -> Answer {
    client.post(&format!("/quarantines/{quarantine}/decision"), body)
}

fn open(client: &Client, quarantine: &str) -> Answer {
    client.post(
        &format!("/quarantines/{quarantine}/open"),
        &serde_json::json!({}),
    )
}

fn admitted(incident: &Incident) -> String {
    let admitted = incident.admit(&fresh_csv_with_a_reject());
    admitted.assert_status(201).member("exhibit")
}
