//! Somebody else says yes or no to a reveal, in time.

use super::{decide, open, subjects};
use crate::support::{Incident, Who, body, shared};

const HOUR: i64 = 3600;

#[test]
fn nobody_decides_their_own_request() {
    let incident = shared();
    let (tokens, _) = subjects(incident, 1);
    let reveal = incident.ask_reveal(&incident.lead(), &tokens);
    decide(&incident.lead(), &reveal, &body::approve()).assert_problem(403, "own-request");
    decide(&incident.lead(), &reveal, &body::deny()).assert_problem(403, "own-request");
    decide(&incident.investigator(), &reveal, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.custodian(), &reveal, &body::approve()).assert_problem(403, "not-allowed");
    open(&incident.lead(), &reveal).assert_problem(409, "wrong-state");
    decide(&incident.second_lead(), &reveal, &body::approve()).assert_status(200);
    open(&incident.lead(), &reveal).assert_status(200);
}

#[test]
fn what_was_denied_stays_closed() {
    let incident = shared();
    let (tokens, _) = subjects(incident, 1);
    let reveal = incident.ask_reveal(&incident.investigator(), &tokens);
    decide(&incident.lead(), &reveal, &body::deny()).assert_status(200);
    open(&incident.investigator(), &reveal).assert_problem(409, "wrong-state");
    decide(&incident.second_lead(), &reveal, &body::approve()).assert_problem(409, "wrong-state");
}

#[test]
fn a_decision_and_an_opening_that_come_late_do_not_count() {
    let incident = Incident::new();
    let (tokens, _) = subjects(&incident, 1);
    let undecided = incident.ask_reveal(&incident.investigator(), &tokens);
    let approved = incident.approved_reveal(&tokens);
    incident.clock.advance_seconds(24 * HOUR);
    incident.forget_sessions();
    decide(&incident.lead(), &undecided, &body::approve()).assert_problem(409, "expired");
    open(&incident.investigator(), &approved).assert_problem(409, "expired");
    let seen = incident.lead().get(&format!("/reveals/{approved}"));
    assert_eq!(seen.member("state"), "expired");
}

#[test]
fn what_a_revoked_operator_asked_for_is_not_approved() {
    let incident = Incident::new();
    let (tokens, _) = subjects(&incident, 1);
    let reveal = incident.ask_reveal(&incident.investigator(), &tokens);
    incident.revoke(Who::Investigator);
    decide(&incident.lead(), &reveal, &body::approve()).assert_problem(409, "asker-gone");
    decide(&incident.lead(), &reveal, &body::deny()).assert_status(200);
}
