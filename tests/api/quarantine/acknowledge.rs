//! Who received a sealed list says which one it was.

use serde_json::json;

use super::{asked, asked_list, decide, open, small, take};
use crate::export::{Receiver, tagmanifest};
use crate::support::{Answer, Client, body};

fn acknowledge(client: &Client, quarantine: &str, digest: &str) -> Answer {
    let body = json!({
        "tagmanifest_sha256": digest, "received_by": "the supplier", "reason": body::REASON,
    });
    client.post(&format!("/quarantines/{quarantine}/acknowledgement"), &body)
}

#[test]
fn an_acknowledgement_names_the_list_that_was_handed_out_and_ends_it() {
    let incident = small();
    let receiver = Receiver::new();
    let (_, list) = asked_list(&incident, &receiver);
    let custodian = incident.custodian();
    decide(&custodian, &list, &body::approve()).assert_status(200);
    acknowledge(&custodian, &list, &"0".repeat(64)).assert_problem(409, "wrong-state");
    let package = take(&custodian, &list).assert_status(200);
    let file = incident.paths.packages().join(format!("{list}.tar"));
    assert!(file.exists());
    acknowledge(&custodian, &list, &"0".repeat(64)).assert_problem(422, "invalid");
    let manifest = tagmanifest(&package.body);
    acknowledge(&incident.lead(), &list, &manifest).assert_problem(403, "not-allowed");
    let done = acknowledge(&custodian, &list, &manifest).assert_status(200);
    assert_eq!(done.json()["package_deleted"], true);
    assert!(!file.exists());
    acknowledge(&custodian, &list, &manifest).assert_problem(409, "wrong-state");
    take(&custodian, &list).assert_problem(409, "wrong-state");
    let seen = incident.lead().get(&format!("/quarantines/{list}"));
    let json = seen.assert_status(200).json();
    assert_eq!(json["state"], "acknowledged");
    assert_eq!(json["list"]["tagmanifest_sha256"], manifest.as_str());
    assert_eq!(json["list"]["receipt"]["received_by"], "the supplier");
}

#[test]
fn rows_that_were_shown_masked_are_not_acknowledged() {
    let incident = small();
    let quarantine = asked(&incident);
    decide(&incident.custodian(), &quarantine, &body::approve()).assert_status(200);
    open(&incident.lead(), &quarantine).assert_status(200);
    acknowledge(&incident.custodian(), &quarantine, &"0".repeat(64)).assert_problem(422, "invalid");
}
