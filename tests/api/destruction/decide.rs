//! A custodian says yes or no to the end of a case.

use super::{ask, decide, incident};
use crate::support::{Who, body, fresh_csv};

#[test]
fn a_custodian_decides_and_no_lead_does_and_a_hold_stops_it() {
    let incident = incident();
    let lead = incident.lead();
    let asked = || {
        let asked = ask(&incident, &lead).assert_status(201);
        asked.member("destruction")
    };
    let (before, destruction) = (asked(), asked());
    let approve = |who| decide(&incident.client(who), &destruction, &body::approve());
    // Two leads are two people of one role.
    approve(Who::SecondLead).assert_problem(403, "not-allowed");
    approve(Who::Lead).assert_problem(403, "not-allowed");
    approve(Who::Investigator).assert_problem(403, "not-allowed");
    approve(Who::Outsider).assert_problem(404, "not-found");
    // What waits for a decision does not outlive a hold, whoever asked for it.
    let hold = incident.of_case("/hold");
    let held = lead.post(&hold, &body::reason()).assert_status(200).json();
    assert_eq!(held["requests_ended"], 2, "{held}");
    approve(Who::Custodian).assert_problem(409, "wrong-state");
    incident.move_by_two(&incident.case, "reopen");
    approve(Who::Custodian).assert_problem(409, "wrong-state");
    let read = lead.get(&format!("/destructions/{before}"));
    let read = read.assert_status(200).json();
    assert_eq!(read["state"], "stopped");
    assert_eq!(read["decided_by"], serde_json::Value::Null);
    assert_eq!(read["stopped"]["by"], "lead.one");
    assert_eq!(read["stopped"]["reason"], body::REASON);

    let destruction = asked();
    let approve = |who| decide(&incident.client(who), &destruction, &body::approve());
    let decided = approve(Who::Custodian).assert_status(200);
    let leaf = incident.leaf(decided.leaf().unwrap());
    assert_eq!(leaf["action"], "destruction.decide");
    assert_eq!(leaf["decision"], "approve");
    approve(Who::Custodian).assert_problem(409, "wrong-state");
    // Nothing was destroyed by it.
    lead.get(&incident.of_case("")).assert_status(200);

    // What nobody looked at is not approved.
    let destruction = asked();
    incident.admit(&fresh_csv()).assert_status(201);
    let late = decide(&incident.custodian(), &destruction, &body::approve());
    late.assert_problem(409, "result-changed");
    let denied = decide(&incident.custodian(), &destruction, &body::deny());
    assert_eq!(denied.assert_status(200).member("state"), "denied");
}
