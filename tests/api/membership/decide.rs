//! Another lead says yes or no.

use super::{decide, name};
use crate::support::{Incident, Who, body};

#[test]
fn a_yes_of_another_lead_gives_the_role_and_a_no_gives_none() {
    let incident = Incident::new();
    let path = incident.of_case("");
    let ask = || name(&incident, Who::Lead, Who::Outsider, "investigator").member("membership");
    let denied = ask();
    decide(&incident.second_lead(), &denied, &body::deny()).assert_status(200);
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    let asked = ask();
    decide(&incident.second_lead(), &asked, &body::approve()).assert_status(200);
    let known = incident.recognise_by(&incident.lead(), &incident.case, &incident.outsider());
    known.assert_status(200);
    let seen = incident.outsider().get(&path).assert_status(200);
    assert_eq!(seen.member("role"), "investigator");
}

#[test]
fn nobody_else_decides_and_nobody_decides_their_own() {
    let incident = Incident::new();
    let asked = name(&incident, Who::Lead, Who::Outsider, "lead").member("membership");
    for (who, status, kind) in [
        (Who::Lead, 403, "own-request"),
        (Who::Investigator, 403, "not-allowed"),
        (Who::Custodian, 403, "not-allowed"),
        (Who::Liaison, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
    ] {
        let decided = decide(&incident.client(who), &asked, &body::approve());
        decided.assert_problem(status, kind);
    }
    incident
        .outsider()
        .get(&incident.of_case(""))
        .assert_problem(404, "not-found");
}

#[test]
fn an_approval_does_not_outlive_what_the_operator_was_and_comes_in_time() {
    let incident = Incident::new();
    let late = name(&incident, Who::Lead, Who::Outsider, "investigator").member("membership");
    let asked = name(&incident, Who::Lead, Who::Custodian, "investigator").member("membership");
    let suspended = incident.suspend(&incident.case, Who::SecondLead, Who::Custodian);
    suspended.assert_status(200);
    let decided = decide(&incident.second_lead(), &asked, &body::approve());
    decided.assert_problem(409, "result-changed");
    incident.clock.advance_seconds(24 * 3600);
    incident.forget_sessions();
    decide(&incident.second_lead(), &late, &body::approve()).assert_problem(409, "expired");
}

#[test]
fn what_a_suspended_lead_asked_for_is_not_approved() {
    let incident = Incident::new();
    let asked = name(&incident, Who::Lead, Who::Outsider, "investigator").member("membership");
    let suspended = incident.suspend(&incident.case, Who::Administrator, Who::Lead);
    suspended.assert_status(200);
    let decided = decide(&incident.second_lead(), &asked, &body::approve());
    decided.assert_problem(409, "asker-gone");
}
