//! What a decider sees of a request to see a quarantine.

use super::asked;
use crate::support::{Incident, Log, csv_of};

#[test]
fn who_decides_sees_how_many_rows_and_no_row() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let quarantine = asked(&incident);
    let path = format!("/quarantines/{quarantine}");
    for client in [incident.lead(), incident.custodian()] {
        let seen = client.get(&path).assert_status(200);
        assert_eq!(seen.json()["rows"], 1);
        assert_eq!(seen.json()["state"], "requested");
        assert!(!seen.text().contains("not-a-number"), "{}", seen.text());
    }
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    let case = incident
        .lead()
        .get(&incident.of_case(""))
        .assert_status(200);
    assert_eq!(case.json()["quarantined"], 1);
}
