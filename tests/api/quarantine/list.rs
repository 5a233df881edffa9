//! The requests of a case to see a quarantine.

use super::asked;
use crate::support::{Incident, Log, csv_of};

#[test]
fn leads_and_custodians_list_them_newest_first() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let first = asked(&incident);
    incident.clock.advance_seconds(1);
    let second = asked(&incident);
    let path = incident.of_case("/quarantines");
    for client in [incident.lead(), incident.custodian()] {
        let list = client.get(&path).assert_status(200).json();
        let ids: Vec<_> = list["quarantines"].as_array().unwrap().iter().collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[0]["quarantine"], second.as_str());
        assert_eq!(ids[1]["quarantine"], first.as_str());
    }
    incident
        .investigator()
        .get(&path)
        .assert_problem(403, "not-allowed");
}
