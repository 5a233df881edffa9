//! An admission under way: watched by those who may, and cancelled.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Incident, TestVault, Who, Wire, body, fresh_csv, invented};

/// The head of an upload that will be sent in pieces, with or without its length.
pub fn head(incident: &Incident, length: Option<usize>) -> String {
    let length = match length {
        Some(length) => format!("Content-Length: {length}"),
        None => "Transfer-Encoding: chunked".to_owned(),
    };
    format!(
        "POST /api/v1/cases/{}/exhibits HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         {length}\r\nConnection: close\r\n\r\n",
        incident.case,
        incident.custodian().token()
    )
}

/// Polls until the status is as wanted.
pub fn wait_until(incident: &Incident, wanted: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = incident
            .custodian()
            .get(&incident.of_case("/admissions/current"));
        let status = answer.assert_status(200).json();
        if wanted(&status) {
            return status;
        }
        assert!(Instant::now() < until, "{status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn leaves_of(vault: &TestVault, action: &str) -> Vec<Value> {
    let found = vault
        .auditor()
        .post("/audit/leaves/search", &json!({ "action": action }));
    found.assert_status(200).json()["leaves"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn a_slow_upload_is_watched_until_it_is_done() {
    let incident = Incident::new();
    let csv = invented(150_000, 21).csv;
    let none = wait_until(&incident, |_| true);
    assert_eq!(none, json!({ "state": "none" }));
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    let half = csv.len() / 2;
    slow.send(&csv[..half]);
    let status = wait_until(&incident, |status| status["rows"].as_u64() > Some(0));
    assert_eq!(status["state"], "running");
    assert_eq!(status["stage"], "reading");
    assert_eq!(status["begun_at"], "2024-04-02T09:00:00Z");
    assert_eq!(status["bytes_total"], csv.len());
    let status = wait_until(&incident, |status| status["bytes_read"] == half);
    assert!(status["rows"].as_u64().unwrap() < 150_000);
    assert!(
        status["rows_per_second"].is_u64() && status["seconds_left"].is_u64(),
        "{status}"
    );
    assert!(!status.to_string().contains("7700"));
    let exhibit = status["exhibit"].clone();
    // The lead sees the same, the others nothing.
    let path = incident.of_case("/admissions/current");
    assert_eq!(
        incident.lead().get(&path).assert_status(200).json()["exhibit"],
        exhibit
    );
    for (client, status) in [
        (incident.investigator(), 403),
        (incident.liaison(), 403),
        (incident.auditor(), 404),
        (incident.outsider(), 404),
    ] {
        assert_eq!(client.get(&path).status, status);
        assert_eq!(client.delete(&path).status, status);
    }
    slow.send(&csv[half..]);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(wait_until(&incident, |_| true), json!({ "state": "none" }));
    assert_eq!(incident.exhibits()[1]["exhibit"], exhibit);
}

#[test]
fn every_look_is_a_leaf_that_names_the_exhibit() {
    let incident = Incident::new();
    let csv = fresh_csv();
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, None).as_bytes());
    let status = wait_until(&incident, |status| status["state"] == "running");
    assert!(
        status.get("bytes_total").is_none() && status.get("seconds_left").is_none(),
        "{status}"
    );
    let leaf = leaves_of(&incident, "admission.read")[0].clone();
    assert_eq!(leaf["object"], status["exhibit"], "{leaf}");
    slow.send(format!("{:x}\r\n", csv.len()).as_bytes());
    slow.send(&csv);
    wait_until(&incident, |status| status["bytes_read"] == csv.len());
    slow.send(b"\r\n0\r\n\r\n");
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn a_cancelled_admission_leaves_nothing_and_its_sender_is_told() {
    let incident = Incident::new();
    let csv = invented(3000, 22).csv;
    let path = incident.of_case("/admissions/current");
    for (canceller, sent) in [(Who::Custodian, 0), (Who::Lead, csv.len() / 2)] {
        let mut slow = Wire::to(&incident);
        slow.send(head(&incident, Some(csv.len())).as_bytes());
        slow.send(&csv[..sent]);
        let status = wait_until(&incident, |status| status["bytes_read"] == sent);
        let cancelled = incident.client(canceller).delete(&path).assert_status(200);
        let json = cancelled.json();
        assert_eq!(
            json,
            json!({ "state": "cancelling", "exhibit": status["exhibit"] })
        );
        let answer = slow.read_all();
        assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
        assert!(answer.contains("/errors#admission-cancelled"), "{answer}");
        assert_eq!(
            wait_until(&incident, |status| status["state"] == "none"),
            json!({ "state": "none" })
        );
        let leaf = incident.leaf(cancelled.leaf().unwrap());
        assert_eq!(
            (&leaf["action"], &leaf["outcome"]),
            (&json!("admission.cancel"), &json!("done"))
        );
        assert_eq!(leaf["object"], status["exhibit"]);
        let end = incident.leaf(cancelled.leaf().unwrap() + 1);
        assert_eq!(end["action"], "exhibit.abandon", "{end}");
        assert_eq!(
            (&end["outcome"], &end["kind"]),
            (&json!("failed"), &json!("admission-cancelled"))
        );
        assert_eq!(incident.exhibits().len(), 1);
    }
    let again = incident.admit(&csv).assert_status(201).json();
    assert_eq!(again["admitted"], 3000);
}

#[test]
fn a_custodian_cancels_no_admission_but_its_own() {
    let incident = Incident::new();
    // Somebody else who may admit as well.
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    let csv = fresh_csv();
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(csv.len())).as_bytes());
    wait_until(&incident, |status| status["state"] == "running");
    let path = incident.of_case("/admissions/current");
    incident.outsider().get(&path).assert_status(200);
    incident
        .outsider()
        .delete(&path)
        .assert_problem(403, "not-allowed");
    slow.send(&csv);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    // Nothing is under way: nothing is cancelled, by whomever.
    let nothing = incident.outsider().delete(&path).assert_status(200);
    assert_eq!(nothing.json(), json!({ "state": "none" }));
}

#[test]
fn the_admission_of_a_case_that_was_closed_can_still_be_cancelled() {
    let incident = Incident::new();
    let mut slow = Wire::to(&incident);
    slow.send(head(&incident, Some(1000)).as_bytes());
    wait_until(&incident, |status| status["state"] == "running");
    incident
        .lead()
        .post(&incident.of_case("/close"), &body::reason())
        .assert_status(200);
    incident
        .lead()
        .delete(&incident.of_case("/admissions/current"))
        .assert_status(200);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
}
