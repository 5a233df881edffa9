//! Closing a case and lifting its hold: asked by a lead, decided by somebody else.

mod decide;
mod list;
mod read;
mod request;

use serde_json::Value;

use crate::support::{Answer, Client, Incident, body};

fn ask(incident: &Incident, client: &Client, act: &str) -> Answer {
    client.post(&incident.of_case(&format!("/{act}")), &body::reason())
}

fn decide(client: &Client, asked: &str, body: &Value) -> Answer {
    client.post(&format!("/moves/{asked}/decision"), body)
}

fn state(incident: &Incident) -> String {
    let read = incident.lead().get(&incident.of_case(""));
    read.assert_status(200).member("state")
}
