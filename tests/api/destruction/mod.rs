//! The end of a case: asked for by a lead, decided by a custodian, delayed, carried out, certified.

mod carry_out;
mod certificate;
mod decide;
mod list;
mod read;
mod request;
mod stop;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Answer, Client, Incident, Log, body, csv_of};

/// A number of the case.
pub const NUMBER: &str = "+447700900001";

/// A case with one short file, whose destruction waits for a minute.
pub fn incident() -> Incident {
    let rows = [
        ("one", NUMBER, "2024-03-10T12:00:00Z"),
        ("two", "+447700900002", "2024-03-11T12:00:00Z"),
    ];
    let log = Log::read_short(csv_of(&rows));
    Incident::with("[destruction]\ndelay_s = 60\n", log)
}

pub fn ask(incident: &Incident, client: &Client) -> Answer {
    client.post(&incident.of_case("/destructions"), &body::reason())
}

pub fn decide(client: &Client, destruction: &str, body: &Value) -> Answer {
    client.post(&format!("/destructions/{destruction}/decision"), body)
}

pub fn carry_out(client: &Client, destruction: &str) -> Answer {
    let path = format!("/destructions/{destruction}/carrying-out");
    client.post(&path, &body::reason())
}

pub fn stop(client: &Client, destruction: &str) -> Answer {
    let path = format!("/destructions/{destruction}/stop");
    client.post(&path, &body::reason())
}

/// A destruction that the first lead asked for and the custodian approved.
pub fn approved(incident: &Incident) -> String {
    let asked = ask(incident, &incident.lead()).assert_status(201);
    let destruction = asked.member("destruction");
    decide(&incident.custodian(), &destruction, &body::approve()).assert_status(200);
    destruction
}

/// The case is destroyed, and its certificate signed.
pub fn destroyed(incident: &Incident) -> Value {
    let destruction = approved(incident);
    incident.clock.advance_seconds(61);
    carry_out(&incident.second_lead(), &destruction).assert_status(200);
    signed(incident)
}

/// Waits for the certificate.
pub fn signed(incident: &Incident) -> Value {
    let begun = Instant::now();
    loop {
        let read = incident.lead().get(&incident.of_case("/certificate"));
        let view = read.assert_status(200).json();
        if view["state"] == "signed" {
            return view;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{view}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
