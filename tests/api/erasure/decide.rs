//! A lead or a custodian who did not ask says yes or no.

use super::{NUMBER, ask, decide, incident, state};
use crate::support::{Who, body};

#[test]
fn somebody_else_decides_and_nothing_is_erased_by_that() {
    let incident = incident();
    let asked = ask(&incident, &incident.lead(), NUMBER).assert_status(201);
    let erasure = asked.member("erasure");
    let approve = |who| decide(&incident.client(who), &erasure, &body::approve());
    approve(Who::Lead).assert_problem(403, "own-request");
    approve(Who::Investigator).assert_problem(403, "not-allowed");
    approve(Who::Liaison).assert_problem(404, "not-found");
    approve(Who::Outsider).assert_problem(404, "not-found");
    let hold = incident.of_case("/hold");
    incident
        .lead()
        .post(&hold, &body::reason())
        .assert_status(200);
    approve(Who::Custodian).assert_problem(409, "wrong-state");
    incident.move_by_two(&incident.case, "reopen");
    approve(Who::Custodian).assert_problem(409, "wrong-state");
    // A hold stopped it, so it is asked for anew.
    let asked = ask(&incident, &incident.lead(), NUMBER).assert_status(201);
    let erasure = asked.member("erasure");
    let approve = |who| decide(&incident.client(who), &erasure, &body::approve());
    let decided = approve(Who::Custodian).assert_status(200);
    assert_eq!(
        incident.leaf(decided.leaf().unwrap())["action"],
        "erasure.decide"
    );
    approve(Who::SecondLead).assert_problem(409, "wrong-state");
    assert_eq!(state(&incident, NUMBER), "exposed");
}
