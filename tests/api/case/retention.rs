//! Until when a case is kept, and who is reminded.

use serde_json::json;

use crate::support::{Incident, Who, body};

#[test]
fn a_lead_sets_the_date_and_leads_and_custodians_are_reminded_unless_a_hold_keeps_it() {
    let incident = Incident::new();
    let lead = incident.lead();
    let path = incident.of_case("/retention");
    let until = |text: &str| json!({ "keep_until": text, "reason": body::REASON });
    let wrong = lead.put(&path, &until("next year"));
    assert_eq!(
        wrong.assert_problem(422, "invalid").member("at"),
        "keep_until"
    );
    for who in [Who::Investigator, Who::Custodian, Who::Liaison] {
        let refused = incident
            .client(who)
            .put(&path, &until("2024-04-02T09:30:00Z"));
        refused.assert_problem(403, "not-allowed");
    }
    for wrong in ["2024-02-30", "01.01.2025"] {
        let wrong = lead.put(&path, &until(wrong));
        assert_eq!(
            wrong.assert_problem(422, "invalid").member("at"),
            "keep_until"
        );
    }
    // A day stands for its beginning.
    let day = lead.put(&path, &until("2024-05-02"));
    day.assert_status(200);
    let read = lead.get(&incident.of_case("")).assert_status(200);
    assert_eq!(read.member("keep_until"), "2024-05-02T00:00:00Z");
    let set = lead.put(&path, &until("2024-04-02T09:30:00Z"));
    set.assert_status(200);
    let read = lead.get(&incident.of_case("")).assert_status(200);
    assert_eq!(read.member("keep_until"), "2024-04-02T09:30:00Z");
    let reminded = |who: Who| {
        let inbox = incident.client(who).get("/inbox").assert_status(200).json();
        let tasks = inbox["tasks"].as_array().unwrap().clone();
        let mut tasks = tasks.into_iter().filter(|task| task["kind"] == "retention");
        tasks.next().map(|task| task["yours"] == true)
    };
    assert_eq!(reminded(Who::Lead), None);
    incident.clock.advance_seconds(1801);
    assert_eq!(reminded(Who::Lead), Some(true));
    assert_eq!(reminded(Who::Custodian), Some(false));
    assert_eq!(reminded(Who::Investigator), None);
    let hold = incident.of_case("/hold");
    lead.post(&hold, &body::reason()).assert_status(200);
    assert_eq!(reminded(Who::Lead), None);
    incident.move_by_two(&incident.case, "reopen");
    lead.put(&path, &body::reason()).assert_status(200);
    assert_eq!(reminded(Who::Lead), None);
}
