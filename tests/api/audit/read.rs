//! One leaf: as it was hashed, and with its detail.

use breachvault::vault::audit::{InclusionProof, Leaf};
use serde_json::{Value, json};

use super::key;
use crate::support::{body, shared};

#[test]
fn the_bytes_of_a_leaf_hash_into_the_tree_and_its_proof_verifies() {
    let incident = shared();
    let auditor = incident.auditor();
    let looked = incident.look_up(&incident.investigator(), &["+447700900001"]);
    let number = looked.leaf().unwrap();
    let bytes = auditor.get_as(
        &format!("/audit/leaves/{number}"),
        "application/octet-stream",
    );
    let bytes = bytes.assert_status(200);
    assert_eq!(
        bytes.header("content-type"),
        Some("application/octet-stream")
    );
    let leaf = Leaf::parse(&bytes.body).unwrap();
    assert_eq!(leaf.seq, number);
    assert_eq!(leaf.action, "record.lookup");
    assert_eq!(leaf.to_bytes().unwrap(), bytes.body);
    let json: Value = serde_json::from_slice(&bytes.body).unwrap();
    assert_eq!(json, incident.leaf(number));

    let proof = auditor
        .get(&format!("/audit/leaves/{number}/proof"))
        .assert_status(200);
    let proof: InclusionProof = proof.text().parse().unwrap();
    let key = key(incident);
    let proven = proof.verify(&bytes.body, &key).unwrap();
    assert_eq!(proven.index, number);
    let mut other = bytes.body.clone();
    let at = other.len() / 2;
    other[at] ^= 1;
    assert!(proof.verify(&other, &key).is_err());
}

#[test]
fn the_detail_of_a_leaf_has_reason_and_filter_and_the_leaf_has_neither() {
    let incident = shared();
    let mut asked = body::search(&json!({ "country": ["GB"] }));
    asked["reason"] = json!("a reason that is only for auditors");
    let answer = incident
        .investigator()
        .post(&incident.of_case("/records/search"), &asked);
    let number = answer.assert_status(200).leaf().unwrap();
    let read = incident
        .auditor()
        .get(&format!("/audit/leaves/{number}"))
        .assert_status(200)
        .json();
    assert!(!read["leaf"].to_string().contains("only for auditors"));
    assert_eq!(read["leaf"]["purpose"], "scoping");
    assert_eq!(read["words"]["operator_name"], "investigator");
    assert_eq!(read["words"]["title"], "SMS logs of March");
    // It comes with what proves it.
    let leaf = incident.auditor().get_as(
        &format!("/audit/leaves/{number}"),
        "application/octet-stream",
    );
    let proof: InclusionProof = read["proof"].as_str().unwrap().parse().unwrap();
    assert_eq!(read["vkey"].as_str().unwrap(), key(incident).to_string());
    assert!(proof.verify(&leaf.body, &key(incident)).is_ok());
    let detail = read["detail"].to_string();
    assert!(detail.contains("only for auditors"), "{detail}");
    assert!(detail.contains("GB"), "{detail}");
}
