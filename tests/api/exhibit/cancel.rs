//! An admission under way, cancelled.

use std::collections::BTreeSet;

use serde_json::json;

use super::{head, wait_until};
use crate::support::{Incident, Who, Wire, fresh_csv, invented};

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
    // It sees that there is one, and not how large the file is.
    let seen = incident.outsider().get(&path).assert_status(200).json();
    let names = seen.as_object().unwrap().keys();
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    let told = BTreeSet::from(["begun_at", "exhibit", "stage", "state"]);
    assert_eq!(names, told);
    for client in [incident.custodian(), incident.lead()] {
        let seen = client.get(&path).assert_status(200).json();
        assert_eq!(seen["bytes_total"], csv.len());
        assert!(seen["rows"].is_u64(), "{seen}");
    }
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
    incident.move_by_two(&incident.case, "close");
    incident
        .lead()
        .delete(&incident.of_case("/admissions/current"))
        .assert_status(200);
    let answer = slow.read_all();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
}
