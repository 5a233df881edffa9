//! Somebody else says yes or no to an export.

use serde_json::json;

use super::{Receiver, decide};
use crate::support::{body, shared};

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
