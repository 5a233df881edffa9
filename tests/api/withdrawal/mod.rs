//! A wrong exhibit: asked to be withdrawn by one, decided by another, and in no
//! answer after that.

mod decide;
mod list;
mod read;
mod request;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Log, csv_of};

/// In the wrong file alone, in both, in the right one alone.
const WRONG: &str = "+447700900001";

const BOTH: &str = "+447700900002";

const RIGHT: &str = "+447700900003";

/// The first exhibit is wrong: `one` has an account of its own in it, `two` has not.
fn incident() -> Incident {
    let rows = [
        ("one", WRONG, "2024-03-10T12:00:00Z"),
        ("one", BOTH, "2024-03-10T12:00:00Z"),
        ("one", BOTH, "2024-03-11T12:00:00Z"),
        ("two", BOTH, "2024-03-12T12:00:00Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    let right = [
        ("one", BOTH, "2024-03-20T12:00:00Z"),
        ("three", RIGHT, "2024-03-20T12:00:00Z"),
    ];
    incident.admit(&csv_of(&right)).assert_status(201);
    incident
}

fn decide(client: &Client, withdrawal: &str, body: &Value) -> Answer {
    client.post(&format!("/withdrawals/{withdrawal}/decision"), body)
}

fn look_up(incident: &Incident, client: &Client, number: &str) -> Value {
    let answer = incident.look_up(client, &[number]).assert_status(200);
    answer.json()["results"][0].clone()
}

fn scope(incident: &Incident, client: &Client, by: &str) -> Value {
    let body = json!({ "by": [by], "audience": "team" });
    let answer = client.post(&incident.of_case("/scope"), &body);
    answer.assert_status(200).json()
}
