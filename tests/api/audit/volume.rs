//! Leaves by the hour.

use serde_json::{Value, json};

use crate::support::{Incident, Who};

fn volume(incident: &Incident, query: &Value) -> Value {
    let answer = incident.auditor().post("/audit/volume", query);
    answer.assert_status(200).json()
}

#[test]
fn leaves_are_counted_by_the_hour_and_off_hours_are_marked() {
    let incident = Incident::new();
    let look_up = |who: Who, status: u16| {
        let looked = incident.look_up(&incident.client(who), &["+447700900001"]);
        assert_eq!(looked.status, status);
    };
    look_up(Who::Investigator, 200);
    look_up(Who::Custodian, 403);
    // It is 09:00; work ends at 20:00.
    incident.clock.advance_seconds(12 * 3600);
    incident.forget_sessions();
    look_up(Who::Investigator, 200);
    look_up(Who::Lead, 200);

    let counted = volume(&incident, &json!({ "action": "record.lookup" }));
    let hour = |at: usize| &counted["hours"][at];
    let expected = json!({
        "hour": "2024-04-02T09:00:00Z", "leaves": 2, "denied": 1, "failed": 0, "off_hours": false,
    });
    assert_eq!(hour(0), &expected);
    let expected = json!({
        "hour": "2024-04-02T21:00:00Z", "leaves": 2, "denied": 0, "failed": 0, "off_hours": true,
    });
    assert_eq!(hour(1), &expected);
    assert_eq!(counted["hours"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&counted["leaves"], &counted["off_hours"]),
        (&json!(4), &json!(2))
    );
    assert_eq!(counted["work_hours"], json!({ "from": 6, "to": 20 }));
    assert_eq!(counted["not_counted_before"], Value::Null);

    // The same leaves as the search finds, also of one person and of a part of the day.
    let investigator = incident.operator(Who::Investigator);
    let of_one = json!({ "action": "record.lookup", "operator": investigator });
    assert_eq!(volume(&incident, &of_one)["leaves"], 2);
    let late = json!({ "action": "record.lookup", "from": "2024-04-02T21:00:00Z" });
    assert_eq!(volume(&incident, &late)["leaves"], 2);
    let until = "2024-04-02T21:00:00Z";
    let early = json!({ "from": "2024-04-02T00:00:00Z", "to": until });
    let searched = json!({ "to": until, "limit": 1000 });
    let found = super::search(&incident, &searched).len();
    assert_eq!(volume(&incident, &early)["leaves"], found);
    for marked in super::search(&incident, &json!({ "action": "record.lookup" })) {
        let late = marked["time"].as_str().unwrap() >= until;
        assert_eq!(marked["off_hours"], late, "{marked}");
    }

    for wrong in [
        json!({ "from": "2024-04-02T00:00:00Z", "to": "2024-04-02T00:00:00Z" }),
        json!({ "from": "2024-01-01T00:00:00Z", "to": "2024-02-02T00:00:00Z" }),
        json!({ "from": "yesterday" }),
        json!({ "object": "+447700900123" }),
    ] {
        let answer = incident.auditor().post("/audit/volume", &wrong);
        let text = answer.assert_problem(422, "invalid").text();
        assert!(!text.contains("7700"), "{text}");
    }
    let refused = incident.lead().post("/audit/volume", &json!({}));
    refused.assert_problem(403, "not-allowed");
}
