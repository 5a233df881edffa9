//! Seeing numbers: asked by one, decided by another, opened once.

mod decide;
mod find_open;
mod list;
mod open;
mod read;
mod request;

use serde_json::json;

use crate::support::{Answer, Client, Incident};

fn decide(client: &Client, reveal: &str, body: &serde_json::Value) -> Answer {
    client.post(&format!("/reveals/{reveal}/decision"), body)
}

fn open(client: &Client, reveal: &str) -> Answer {
    client.post(&format!("/reveals/{reveal}/open"), &json!({}))
}

fn subjects(incident: &Incident, count: usize) -> (Vec<String>, Vec<String>) {
    let numbers = incident.log.numbers_of(|_| true);
    let numbers: Vec<String> = numbers.into_iter().take(count).map(str::to_owned).collect();
    let tokens = numbers.iter().map(|number| incident.subject(number));
    (tokens.collect(), numbers)
}
