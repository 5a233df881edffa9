//! An admission under way, watched by those who may.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{head, wait_until};
use crate::support::{Browser, Incident, TestVault, Who, Wire, fresh_csv, invented};

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
    // They sign in before: an upload that rests for long is ended.
    let lead = incident.lead();
    let others = [
        (incident.investigator(), 403),
        (incident.liaison(), 403),
        (incident.auditor(), 404),
        (incident.outsider(), 404),
    ];
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
    let watched = lead.get(&path).assert_status(200).json();
    assert_eq!(watched["exhibit"], exhibit);
    for (client, status) in others {
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
fn a_dry_run_is_listed_for_its_own_custodian_while_it_runs() {
    let incident = Incident::new();
    let csv = invented(2000, 23).csv;
    let path = incident.of_case("/exhibits");
    let listed = |who: Who| {
        let list = incident.client(who).get(&path).assert_status(200).json();
        assert!(list.get("under_way").is_none(), "{list}");
        list.get("checks").cloned()
    };
    assert_eq!(listed(Who::Custodian), None);
    let mut slow = Wire::to(&incident);
    let head = head(&incident, Some(csv.len()));
    slow.send(
        head.replace("/exhibits HTTP", "/exhibits?dry_run=true HTTP")
            .as_bytes(),
    );
    let half = csv.len() / 2;
    slow.send(&csv[..half]);
    let until = Instant::now() + Duration::from_secs(20);
    let check = loop {
        let checks = listed(Who::Custodian);
        match checks.as_ref().map(|checks| checks[0].clone()) {
            Some(check) if check["bytes_read"] == half => break check,
            _ => assert!(Instant::now() < until, "{checks:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(check["bytes_total"], csv.len());
    assert_eq!(check["begun_at"], "2024-04-02T09:00:00Z");
    for who in [Who::Lead, Who::Investigator] {
        assert_eq!(listed(who), None, "{who:?}");
    }
    let page = Browser::signed_in(&incident, Who::Custodian);
    let page = page.get(&format!("/console/cases/{}/exhibits", incident.case));
    assert!(page.text().contains("A file that you check"));
    slow.send(&csv[half..]);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(listed(Who::Custodian), None);
}
