//! A lead asks for the end of a case.

use super::{ask, incident};
use crate::support::{Who, body};

#[test]
fn a_lead_asks_and_nobody_else_and_a_hold_is_in_the_way() {
    let incident = incident();
    for (who, status, kind) in [
        (Who::Custodian, 403, "not-allowed"),
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Outsider, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
    ] {
        ask(&incident, &incident.client(who)).assert_problem(status, kind);
    }
    let lead = incident.lead();
    let hold = incident.of_case("/hold");
    lead.post(&hold, &body::reason()).assert_status(200);
    ask(&incident, &lead).assert_problem(409, "case-state");
    incident.move_by_two(&incident.case, "reopen");
    let asked = ask(&incident, &lead).assert_status(201);
    assert_eq!(asked.member("state"), "requested");
    let leaf = incident.leaf(asked.leaf().unwrap());
    assert_eq!(leaf["action"], "destruction.request");
    assert_eq!(leaf["object"], asked.member("destruction").as_str());
    // A case at rest can end too.
    incident.move_by_two(&incident.case, "close");
    ask(&incident, &lead).assert_status(201);
}
