//! Somebody else says yes or no to an export.

use serde_json::json;

use super::{Receiver, decide};
use crate::support::{Incident, Who, body, shared};

#[test]
fn nobody_decides_their_own_export() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.lead(), &request);
    decide(&incident.lead(), &export, &body::approve()).assert_problem(403, "own-request");
    decide(&incident.investigator(), &export, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.liaison(), &export, &body::approve()).assert_problem(404, "not-found");
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    decide(&incident.second_lead(), &export, &body::deny()).assert_problem(409, "wrong-state");
}

#[test]
fn what_a_revoked_operator_asked_for_is_not_approved_and_can_be_denied() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.ask_export(&incident.investigator(), &request);
    incident.revoke(Who::Investigator);
    decide(&incident.lead(), &export, &body::approve()).assert_problem(409, "asker-gone");
    decide(&incident.custodian(), &export, &body::approve()).assert_problem(409, "asker-gone");
    decide(&incident.lead(), &export, &body::deny()).assert_status(200);
}
