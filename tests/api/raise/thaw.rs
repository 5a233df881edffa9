//! Another lead ends a freeze.

use crate::support::{Incident, Log, body, csv_of};

#[test]
fn another_lead_thaws_and_nobody_their_own() {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900002", "2024-03-10T12:00:00Z"),
    ];
    let config = "[budgets]\nlookup_points = 1\nlookup_points_per_hour = 3600\n";
    let incident = Incident::with(config, Log::read_short(csv_of(&rows)));
    let lead = incident.lead();
    let ask = || incident.look_up(&lead, &["+447700900001"]);
    for _ in 0..10 {
        ask().assert_status(200);
        ask();
        incident.clock.advance_seconds(2);
    }
    let thaw = |who| incident.of_case(&format!("/members/{}/thaw", incident.operator(who)));
    let path = thaw(crate::support::Who::Lead);
    lead.post(&path, &body::reason())
        .assert_problem(409, "own-membership");
    incident
        .investigator()
        .post(&path, &body::reason())
        .assert_problem(403, "not-allowed");
    ask().assert_problem(429, "lookups-frozen");
    let thawed = incident.second_lead().post(&path, &body::reason());
    assert_eq!(thawed.assert_status(200).json()["thawed"], true);
    incident.clock.advance_seconds(2);
    ask().assert_status(200);
    let again = incident.second_lead().post(&path, &body::reason());
    assert_eq!(again.assert_status(200).json()["thawed"], false);
    let nobody = thaw(crate::support::Who::Outsider);
    incident
        .second_lead()
        .post(&nobody, &body::reason())
        .assert_problem(404, "not-found");
}
