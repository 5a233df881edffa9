//! Somebody else decides whether a lead sees a quarantine.

use super::{asked, asked_list, decide, open, small, take};
use crate::export::Receiver;
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

#[test]
fn a_list_leaves_on_the_yes_of_somebody_other_than_its_asker() {
    let incident = small();
    let (exhibit, list) = asked_list(&incident, &Receiver::new());
    decide(&incident.lead(), &list, &body::approve()).assert_problem(403, "own-request");
    let investigator = incident.investigator();
    decide(&investigator, &list, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.liaison(), &list, &body::approve()).assert_problem(404, "not-found");
    decide(&incident.second_lead(), &list, &body::deny()).assert_status(200);
    take(&incident.custodian(), &list).assert_problem(409, "wrong-state");
    let other = incident.ask_list(&incident.lead(), &Receiver::new().recipient);
    incident.withdraw(&exhibit);
    // It is about another exhibit.
    decide(&incident.second_lead(), &other, &body::approve()).assert_status(200);
    take(&incident.custodian(), &other).assert_status(200);
}

#[test]
fn what_a_revoked_lead_asked_for_is_not_approved_and_can_be_denied() {
    let incident = small();
    let list = incident.ask_list(&incident.second_lead(), &Receiver::new().recipient);
    incident.revoke(Who::SecondLead);
    decide(&incident.lead(), &list, &body::approve()).assert_problem(409, "asker-gone");
    decide(&incident.lead(), &list, &body::deny()).assert_status(200);
}
