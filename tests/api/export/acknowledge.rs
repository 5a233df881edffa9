//! Who received a package says which one it was.

use serde_json::json;

use super::{Receiver, acknowledge, decide, tagmanifest, take};
use crate::support::{Incident, body, shared};

#[test]
fn an_acknowledgement_names_the_package_that_was_handed_out() {
    let incident = shared();
    let receiver = Receiver::new();
    let request = body::export("scope-report", &json!({}), &receiver.recipient);
    let export = incident.approved_export(&request);
    acknowledge(incident, &export, &"0".repeat(64)).assert_problem(409, "wrong-state");
    let package = take(&incident.custodian(), &export).assert_status(200);
    acknowledge(incident, &export, &"0".repeat(64)).assert_problem(422, "invalid");
    acknowledge(incident, &export, "+447700900123").assert_problem(422, "invalid");
    let manifest = tagmanifest(&package.body);
    acknowledge(incident, &export, &manifest).assert_status(200);
    acknowledge(incident, &export, &manifest).assert_problem(409, "wrong-state");
    let seen = incident.lead().get(&format!("/exports/{export}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["state"], "acknowledged");
    assert_eq!(json["receipt"]["received_by"], "the regulator");
}

#[test]
fn a_liaison_acknowledges_what_it_asked_for_and_nothing_of_anybody_else() {
    let incident = Incident::new();
    let receiver = Receiver::new();
    let filter = json!({ "account": [incident.account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let liaison = incident.liaison();
    let acknowledge = |export: &str, digest: &str| {
        let body = json!({
            "tagmanifest_sha256": digest, "received_by": "the account", "reason": body::REASON,
        });
        liaison.post(&format!("/exports/{export}/acknowledgement"), &body)
    };
    let others = incident.approved_export(&request);
    let package = take(&incident.custodian(), &others).assert_status(200);
    acknowledge(&others, &tagmanifest(&package.body)).assert_problem(404, "not-found");
    let own = incident.ask_export(&liaison, &request);
    decide(&incident.custodian(), &own, &body::approve()).assert_status(200);
    let package = take(&liaison, &own).assert_status(200);
    acknowledge(&own, &tagmanifest(&package.body)).assert_status(200);
}
