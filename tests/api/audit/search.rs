//! Leaves, found by who, what, where and how it ended.

use serde_json::{Value, json};

use super::search;
use crate::support::{Incident, Who};

#[test]
fn an_auditor_finds_leaves_by_who_what_where_and_how_it_ended() {
    let incident = Incident::new();
    incident
        .look_up(&incident.investigator(), &["+447700900001"])
        .assert_status(200);
    incident
        .look_up(&incident.custodian(), &["+447700900001"])
        .assert_problem(403, "not-allowed");
    incident
        .look_up(&incident.investigator(), &[])
        .assert_problem(422, "invalid");
    incident.clock.advance_seconds(60);
    incident
        .look_up(&incident.lead(), &["+447700900001"])
        .assert_status(200);

    let lookups = search(&incident, &json!({ "action": "record.lookup" }));
    assert_eq!(lookups.len(), 4);
    let newest_first = |all: &[Value]| {
        all.windows(2)
            .all(|w| w[0]["seq"].as_u64() > w[1]["seq"].as_u64())
    };
    assert!(newest_first(&lookups));
    let outcomes: Vec<&str> = lookups
        .iter()
        .map(|leaf| leaf["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "failed", "denied", "done"]);
    assert!(
        lookups
            .iter()
            .all(|leaf| leaf["case"] == incident.case.as_str())
    );
    let investigator = incident.operator(Who::Investigator);
    let of = search(
        &incident,
        &json!({ "action": "record.lookup", "operator": investigator }),
    );
    assert_eq!(of.len(), 2);
    let of = search(
        &incident,
        &json!({ "action": "record.lookup", "outcome": "denied" }),
    );
    assert_eq!(of.len(), 1);
    assert_eq!(of[0]["role"], "custodian");
    let late = search(
        &incident,
        &json!({ "action": "record.lookup", "from": "2024-04-02T09:01:00Z" }),
    );
    assert_eq!(late.len(), 1);
    let early = search(
        &incident,
        &json!({ "action": "record.lookup", "to": "2024-04-02T09:01:00Z" }),
    );
    assert_eq!(early.len(), 3);
    // Names, title and reason are beside the leaf, for auditors alone.
    assert_eq!(of[0]["operator_name"], "custodian");
    assert_eq!(of[0]["title"], "SMS logs of March");
    assert_eq!(of[0]["reason"], crate::support::body::REASON);
    assert_eq!(of[0]["off_hours"], false);
    let about = search(&incident, &json!({ "object": incident.first_exhibit() }));
    assert!(!about.is_empty());
    assert!(
        about
            .iter()
            .all(|leaf| leaf["object"] == incident.first_exhibit().as_str())
    );
    let newest = lookups[0]["seq"].as_u64().unwrap();
    let since = search(
        &incident,
        &json!({ "action": "record.lookup", "since": newest }),
    );
    assert_eq!(since.len(), 1);
    let nowhere = search(&incident, &json!({ "case": "c_00000000000000000000" }));
    assert_eq!(nowhere.len(), 0);
    for wrong in [
        json!({ "action": "no.such" }),
        json!({ "outcome": "maybe" }),
        json!({ "from": "yesterday" }),
        json!({ "operator": incident.case }),
        json!({ "object": "+447700900123" }),
        json!({ "object": "investigator" }),
        json!({ "limit": 0 }),
        json!({ "cursor": "the next of +447700900123" }),
    ] {
        let answer = incident.auditor().post("/audit/leaves/search", &wrong);
        assert!(
            !answer
                .assert_problem(422, "invalid")
                .text()
                .contains("7700")
        );
    }
}

#[test]
fn all_pages_of_a_search_give_every_leaf_once() {
    let incident = Incident::new();
    let all = incident.leaves();
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let query = json!({ "limit": 7, "cursor": cursor, "to": "2024-04-03T00:00:00Z" });
        let page = incident.auditor().post("/audit/leaves/search", &query);
        let page = page.assert_status(200).json();
        seen.extend(
            page["leaves"]
                .as_array()
                .unwrap()
                .iter()
                .map(|leaf| leaf["seq"].as_u64().unwrap()),
        );
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let below: Vec<u64> = seen
        .iter()
        .copied()
        .filter(|seq| *seq < all)
        .rev()
        .collect();
    assert_eq!(below, (0..all).collect::<Vec<_>>());
}
