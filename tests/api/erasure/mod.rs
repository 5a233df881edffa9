//! One person's erasure: asked for, decided by somebody else, carried out.

mod carry_out;
mod decide;
mod list;
mod read;
mod request;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Log, body, csv_of};

/// A number of the case.
pub const NUMBER: &str = "+447700900001";
/// A number that no exhibit has.
pub const ABSENT: &str = "+447700900199";

/// A case with one short file.
pub fn incident() -> Incident {
    let rows = [
        ("one", NUMBER, "2024-03-10T12:00:00Z"),
        ("two", "+447700900002", "2024-03-11T12:00:00Z"),
    ];
    Incident::with("", Log::read_short(csv_of(&rows)))
}

pub fn wanted(number: &str) -> Value {
    json!({ "number": number, "purpose": "victim-inquiry", "reason": body::REASON })
}

pub fn ask(incident: &Incident, client: &Client, number: &str) -> Answer {
    client.post(&incident.of_case("/erasures"), &wanted(number))
}

pub fn decide(client: &Client, erasure: &str, body: &Value) -> Answer {
    client.post(&format!("/erasures/{erasure}/decision"), body)
}

pub fn carry_out(client: &Client, erasure: &str) -> Answer {
    client.post(
        &format!("/erasures/{erasure}/carrying-out"),
        &body::reason(),
    )
}

/// One that the investigator asked for and a lead approved.
pub fn approved(incident: &Incident, number: &str) -> String {
    let asked = ask(incident, &incident.investigator(), number).assert_status(201);
    let erasure = asked.member("erasure");
    decide(&incident.lead(), &erasure, &body::approve()).assert_status(200);
    erasure
}

/// The state of a number, as a lookup says it.
pub fn state(incident: &Incident, number: &str) -> String {
    let body = json!({ "numbers": [number], "purpose": "erasure-request", "reason": body::REASON });
    let path = incident.of_case("/lookups");
    let found = incident
        .investigator()
        .post(&path, &body)
        .assert_status(200)
        .json();
    found["results"][0]["state"].as_str().unwrap().to_owned()
}

/// What a lead is told of an erasure that was carried out, once all is overwritten.
pub fn finished(incident: &Incident, erasure: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let read = incident.lead().get(&format!("/erasures/{erasure}"));
        let read = read.assert_status(200).json();
        if read["carried_out"]["overwritten"] == true {
            return read;
        }
        assert!(Instant::now() < until, "{read}");
        std::thread::sleep(Duration::from_millis(500));
    }
}
