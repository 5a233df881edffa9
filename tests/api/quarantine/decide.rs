//! Somebody else decides whether a lead sees a quarantine.

use super::{asked, decide, open};
use crate::support::{Incident, Log, Who, body, csv_of};

#[test]
fn another_lead_or_a_custodian_decides_and_never_the_asker() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let quarantine = asked(&incident);
    decide(&incident.lead(), &quarantine, &body::approve()).assert_problem(403, "own-request");
    let investigator = incident.investigator();
    decide(&investigator, &quarantine, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.custodian(), &quarantine, &body::approve()).assert_status(200);
    decide(&incident.custodian(), &quarantine, &body::approve()).assert_problem(409, "wrong-state");
    let other = asked(&incident);
    let second = incident.client(Who::SecondLead);
    let denial = serde_json::json!({ "decision": "deny", "reason": body::REASON });
    decide(&second, &other, &denial).assert_status(200);
    open(&incident.lead(), &other).assert_problem(409, "wrong-state");
}

#[test]
fn a_request_that_nobody_decides_expires() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let quarantine = asked(&incident);
    incident.clock.advance_seconds(24 * 3600 + 1);
    incident.forget_sessions();
    decide(&incident.custodian(), &quarantine, &body::approve()).assert_problem(409, "expired");
}
