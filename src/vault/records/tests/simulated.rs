//! What views show of somebody is what the simulation in `benches/budget` gives to the attacker, and no more. Whoever
//! shows more has to simulate it first.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fixture::{Fixture, sent};
use super::{Dimension, Order, PageQuery};
use crate::policy::actions;

/// The members of a record, and what the simulation makes of them.
const OF_A_RECORD: &[(&str, &str)] = &[
    (
        "record",
        "tells records apart, and says nothing of a number",
    ),
    (
        "subject",
        "tells people apart: each is a person of the model",
    ),
    (
        "number_masked",
        "the calling code, which all numbers of the model share",
    ),
    (
        "account",
        "known of everybody, with its town, its size and its blocks",
    ),
    ("carrier", "known of everybody"),
    ("country", "one, as the calling code says"),
    (
        "state",
        "no better than the state of the area code, which is always right",
    ),
    ("area_state", "known of everybody"),
    ("sent_at", "tells the time zone, nine times of ten"),
    ("kind", "says nothing of a number"),
    ("channel", "says nothing of a number"),
];

/// The members of somebody in a request for a reveal: nothing that a record has not.
const OF_A_REQUEST: [&str; 3] = ["messages", "number_masked", "subject"];

/// What a table groups by that is no member of a record, and the member it is a part of.
const OF_TIMES: [&str; 3] = ["day", "hour", "week"];

fn page(fixture: &Fixture) -> Vec<Value> {
    let filter = super::filter(json!({}));
    let page = fixture.ask::<actions::SearchRecords, _>(&fixture.lead, move |scope| {
        scope.search_records(&PageQuery {
            filter: &filter,
            order: Order::Record,
            limit: Some(50),
            cursor: None,
        })
    });
    page.unwrap()["records"].as_array().unwrap().clone()
}

#[test]
fn views_show_what_the_simulation_models_and_no_more() {
    let modelled: BTreeSet<&str> = OF_A_RECORD.iter().map(|(name, _)| *name).collect();
    let mut fixture = Fixture::new();
    fixture.admit(&[sent(1, "acme", 0), sent(142, "globex", 60)]);
    for record in page(&fixture) {
        let shown = record.as_object().unwrap();
        let shown: BTreeSet<&str> = shown.keys().map(String::as_str).collect();
        assert_eq!(shown, modelled);
    }
    for dimension in Dimension::ALL {
        let name = dimension.as_str();
        assert!(
            modelled.contains(name) || OF_TIMES.contains(&name),
            "{name}"
        );
    }
}

#[test]
fn the_mask_shows_what_the_simulation_models_and_no_more() {
    let mut fixture = Fixture::new();
    let rows: Vec<_> = (0..1000)
        .step_by(111)
        .map(|no| sent(no, "acme", 0))
        .collect();
    fixture.admit(&rows);
    let masks = page(&fixture);
    assert_eq!(masks.len(), rows.len());
    for record in &masks {
        // `Mask::Last(0)` of the simulation: nothing beside the calling code, not even the length.
        assert_eq!(record["number_masked"], "+44 ••• ••• ••••");
    }
    let described = include_str!("../../../../docs/openapi.json");
    let described: Value = serde_json::from_str(described).unwrap();
    let schemas = described["components"]["schemas"].as_object().unwrap();
    let mut found = Vec::new();
    for (name, schema) in schemas {
        let Some(members) = schema["properties"].as_object() else {
            continue;
        };
        if members.contains_key("number_masked") {
            let members: Vec<&str> = members.keys().map(String::as_str).collect();
            found.push((name.as_str(), members.into_iter().collect::<BTreeSet<_>>()));
        }
    }
    let of_a_record = OF_A_RECORD.iter().map(|(name, _)| *name).collect();
    let of_a_request = OF_A_REQUEST.into_iter().collect();
    found.sort();
    assert_eq!(
        found,
        [("MaskedSubject", of_a_request), ("RecordView", of_a_record)]
    );
}
