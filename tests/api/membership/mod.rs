//! Giving rights in a case: asked by one lead, decided by another.

mod decide;
mod list;
mod read;
mod request;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Who};

fn name(incident: &Incident, by: Who, who: Who, role: &str) -> Answer {
    let path = incident.of_case(&format!("/members/{}", incident.operator(who)));
    incident.client(by).put(&path, &json!({ "role": role }))
}

fn decide(client: &Client, membership: &str, body: &Value) -> Answer {
    client.post(&format!("/memberships/{membership}/decision"), body)
}
