//! A lead or a custodian carries out what was approved, and the number is answered as absent.

use super::{NUMBER, approved, ask, carry_out, incident, state};
use crate::support::{Who, body};

#[test]
fn what_was_approved_is_carried_out_once_by_a_lead_or_a_custodian() {
    let incident = incident();
    let asked = ask(&incident, &incident.investigator(), NUMBER).assert_status(201);
    let early = carry_out(&incident.custodian(), &asked.member("erasure"));
    early.assert_problem(409, "wrong-state");
    let erasure = approved(&incident, NUMBER);
    for (who, status, kind) in [
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
    ] {
        carry_out(&incident.client(who), &erasure).assert_problem(status, kind);
    }
    let hold = incident.of_case("/hold");
    incident
        .lead()
        .post(&hold, &body::reason())
        .assert_status(200);
    carry_out(&incident.custodian(), &erasure).assert_problem(409, "case-state");
    let reopen = incident.of_case("/reopen");
    incident
        .lead()
        .post(&reopen, &body::reason())
        .assert_status(200);
    assert_eq!(state(&incident, NUMBER), "exposed");
    let done = carry_out(&incident.custodian(), &erasure).assert_status(200);
    assert_eq!(done.member("state"), "used");
    assert_eq!(state(&incident, NUMBER), "not_exposed");
    assert_eq!(state(&incident, "+447700900002"), "exposed");
    carry_out(&incident.custodian(), &erasure).assert_problem(409, "wrong-state");
}
