//! Clients that disconnect before they have their answer.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Incident, Stall, body, invented};

const PATIENCE: Duration = Duration::from_secs(60);

/// Leaves of an action, newest first.
fn leaves(incident: &Incident, action: &str) -> Vec<Value> {
    let asked = json!({ "action": action });
    let answer = incident.auditor().post("/audit/leaves/search", &asked);
    let found = answer.assert_status(200).json();
    found["leaves"].as_array().unwrap().clone()
}

/// Lets a client ask and go away while the log takes no leaf, then waits for the leaf.
fn ask_and_leave(incident: &Incident, path: &str, body: &Value, action: &str) -> Value {
    let client = incident.investigator();
    let before = leaves(incident, action).len();
    // The door has to wait.
    let stall = Stall::of(incident);
    client.post_and_leave(&incident.of_case(path), body, Duration::from_secs(3));
    // The server learns of it when it next looks at the connection.
    std::thread::sleep(Duration::from_secs(1));
    stall.end();
    let begun = Instant::now();
    loop {
        let now = leaves(incident, action);
        if now.len() > before {
            return now[0].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "no leaf came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_a_client_did_not_wait_for_is_recorded_as_stopped_and_is_paid() {
    let config = "[budgets]\nlookup_points = 4\nlookup_points_per_hour = 1\n";
    let incident = Incident::with(config, invented(300, 11));
    let mut numbers: Vec<&str> = Vec::new();
    for message in &incident.log.messages {
        if numbers.len() < 4 && !numbers.contains(&message.number.as_str()) {
            numbers.push(&message.number);
        }
    }
    let asked = body::look_up(&numbers);
    let leaf = ask_and_leave(&incident, "/lookups", &asked, "record.lookup");
    assert_eq!(leaf["outcome"], "failed");
    assert_eq!(leaf["kind"], "cancelled");
    // What was begun is paid: whoever hangs up gets no second question for it.
    let client = incident.investigator();
    incident
        .look_up(&client, &numbers[..1])
        .assert_problem(429, "budget-spent");
    let table = json!({ "by": ["country"], "audience": "team" });
    let leaf = ask_and_leave(&incident, "/scope", &table, "record.scope");
    assert_eq!(leaf["outcome"], "failed");
    assert_eq!(leaf["kind"], "cancelled");
}
