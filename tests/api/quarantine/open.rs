//! The rows of a quarantine are shown once, masked, to the lead who asked.

use super::{asked, decide, open};
use crate::support::{Incident, Log, Who, body, csv_of};

#[test]
fn the_asker_sees_lines_kinds_and_shapes_once() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let quarantine = asked(&incident);
    open(&incident.lead(), &quarantine).assert_problem(409, "wrong-state");
    decide(&incident.custodian(), &quarantine, &body::approve()).assert_status(200);
    let second = incident.client(Who::SecondLead);
    open(&second, &quarantine).assert_problem(403, "not-the-asker");
    open(&incident.custodian(), &quarantine).assert_problem(403, "not-allowed");
    let opened = open(&incident.lead(), &quarantine).assert_status(200);
    let row = &opened.json()["rows"][0];
    assert_eq!(row["line"], 3);
    assert_eq!(row["column"], "number");
    assert_eq!(row["kind"], "not-a-number");
    assert_eq!(row["shape"], "aaa999");
    assert!(!opened.text().contains("abc123"), "{}", opened.text());
    open(&incident.lead(), &quarantine).assert_problem(409, "wrong-state");
}
