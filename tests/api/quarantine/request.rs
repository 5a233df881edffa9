//! Who may ask to see a quarantine, and of which exhibit.

use super::{admitted, ask};
use crate::support::{Incident, Log, csv_of, fresh_csv};

#[test]
fn a_lead_asks_and_nobody_else() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let exhibit = admitted(&incident);
    for client in [
        incident.custodian(),
        incident.investigator(),
        incident.liaison(),
    ] {
        ask(&incident, &client, &exhibit).assert_problem(403, "not-allowed");
    }
    let asked = ask(&incident, &incident.lead(), &exhibit).assert_status(201);
    assert_eq!(asked.json()["state"], "requested");
}

#[test]
fn an_exhibit_without_quarantine_and_one_that_is_not_there_are_refused() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let lead = incident.lead();
    let clean = incident
        .admit(&fresh_csv())
        .assert_status(201)
        .member("exhibit");
    let refused = ask(&incident, &lead, &clean).assert_problem(422, "invalid");
    assert_eq!(refused.json()["at"], "exhibit");
    let unknown = "x_0123456789abcdefghjk";
    ask(&incident, &lead, unknown).assert_problem(404, "not-found");
    let withdrawn = admitted(&incident);
    incident.withdraw(&withdrawn);
    ask(&incident, &lead, &withdrawn).assert_problem(409, "exhibit-withdrawn");
}
