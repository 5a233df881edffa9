//! Who received a package says which one it was.

use serde_json::json;

use super::{Receiver, acknowledge, tagmanifest, take};
use crate::support::{body, shared};

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
