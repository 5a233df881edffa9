//! The log, as auditors and the holders of receipts see it.

use breachvault::vault::audit::{Checkpoint, InclusionProof, Leaf, VerifierKey};
use breachvault::vault::trail::verify_directory;
use serde_json::{Value, json};

use crate::support::{Incident, TestVault, Who, body, shared};

fn key(vault: &TestVault) -> VerifierKey {
    let text = vault.auditor().get("/audit/vkey").assert_status(200).text();
    text.trim().parse().unwrap()
}

fn search(vault: &TestVault, query: &Value) -> Vec<Value> {
    let answer = vault.auditor().post("/audit/leaves/search", query);
    answer.assert_status(200).json()["leaves"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn an_auditor_finds_leaves_by_who_what_where_and_how_it_ended() {
    let incident = Incident::new();
    incident
        .look_up(&incident.investigator(), &["+447700900001"])
        .assert_status(200);
    incident
        .look_up(&incident.custodian(), &["+447700900001"])
        .assert_problem(403, "not-allowed");
    incident
        .look_up(&incident.investigator(), &[])
        .assert_problem(422, "invalid");
    incident.clock.advance_seconds(60);
    incident
        .look_up(&incident.lead(), &["+447700900001"])
        .assert_status(200);

    let lookups = search(&incident, &json!({ "action": "record.lookup" }));
    assert_eq!(lookups.len(), 4);
    let newest_first = |all: &[Value]| {
        all.windows(2)
            .all(|w| w[0]["seq"].as_u64() > w[1]["seq"].as_u64())
    };
    assert!(newest_first(&lookups));
    let outcomes: Vec<&str> = lookups
        .iter()
        .map(|leaf| leaf["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "failed", "denied", "done"]);
    assert!(
        lookups
            .iter()
            .all(|leaf| leaf["case"] == incident.case.as_str())
    );
    let investigator = incident.operator(Who::Investigator);
    let of = search(
        &incident,
        &json!({ "action": "record.lookup", "operator": investigator }),
    );
    assert_eq!(of.len(), 2);
    let of = search(
        &incident,
        &json!({ "action": "record.lookup", "outcome": "denied" }),
    );
    assert_eq!(of.len(), 1);
    assert_eq!(of[0]["role"], "custodian");
    let late = search(
        &incident,
        &json!({ "action": "record.lookup", "from": "2024-04-02T09:01:00Z" }),
    );
    assert_eq!(late.len(), 1);
    let early = search(
        &incident,
        &json!({ "action": "record.lookup", "to": "2024-04-02T09:01:00Z" }),
    );
    assert_eq!(early.len(), 3);
    let nowhere = search(&incident, &json!({ "case": "c_00000000000000000000" }));
    assert_eq!(nowhere.len(), 0);
    for wrong in [
        json!({ "action": "no.such" }),
        json!({ "outcome": "maybe" }),
        json!({ "from": "yesterday" }),
        json!({ "operator": incident.case }),
        json!({ "limit": 0 }),
        json!({ "cursor": "the next of +447700900123" }),
    ] {
        let answer = incident.auditor().post("/audit/leaves/search", &wrong);
        assert!(
            !answer
                .assert_problem(422, "invalid")
                .text()
                .contains("7700")
        );
    }
}

#[test]
fn all_pages_of_a_search_give_every_leaf_once() {
    let incident = Incident::new();
    let all = incident.leaves();
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let query = json!({ "limit": 7, "cursor": cursor, "to": "2024-04-03T00:00:00Z" });
        let page = incident.auditor().post("/audit/leaves/search", &query);
        let page = page.assert_status(200).json();
        seen.extend(
            page["leaves"]
                .as_array()
                .unwrap()
                .iter()
                .map(|leaf| leaf["seq"].as_u64().unwrap()),
        );
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let below: Vec<u64> = seen
        .iter()
        .copied()
        .filter(|seq| *seq < all)
        .rev()
        .collect();
    assert_eq!(below, (0..all).collect::<Vec<_>>());
}

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
fn everybody_gets_the_proof_of_their_own_leaf_and_of_no_other() {
    let incident = shared();
    let investigator = incident.investigator();
    let own = incident
        .look_up(&investigator, &["+447700900001"])
        .leaf()
        .unwrap();
    let others = incident
        .look_up(&incident.lead(), &["+447700900001"])
        .leaf()
        .unwrap();
    let get = |number: u64| investigator.get(&format!("/audit/leaves/{number}/proof"));
    let proof: InclusionProof = get(own).assert_status(200).text().parse().unwrap();
    assert_eq!(proof.index(), own);
    let concealed = get(others);
    let absent = get(99_999_999);
    assert_eq!(concealed.problem(), "not-found");
    assert_eq!(concealed.comparable(), absent.comparable());
    let leaf = investigator.get(&format!("/audit/leaves/{own}"));
    leaf.assert_problem(403, "not-allowed");
    investigator
        .post("/audit/leaves/search", &json!({}))
        .assert_problem(403, "not-allowed");
}

#[test]
fn a_checkpoint_covers_the_request_that_asked_for_it() {
    let incident = shared();
    let answer = incident
        .investigator()
        .get("/audit/checkpoint")
        .assert_status(200);
    let leaf = answer.leaf().unwrap();
    let checkpoint = Checkpoint::open(&answer.body, &key(incident)).unwrap();
    assert!(checkpoint.size > leaf);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
}

#[test]
fn the_log_of_a_vault_that_was_worked_with_verifies_against_kept_checkpoints() {
    let incident = Incident::new();
    let kept: Vec<Vec<u8>> = (0..3)
        .map(|_| {
            incident
                .look_up(&incident.investigator(), &["+447700900001"])
                .assert_status(200);
            incident
                .auditor()
                .get("/audit/checkpoint")
                .assert_status(200)
                .body
        })
        .collect();
    let verdict = verify_directory(&incident.paths, Some(key(&incident)), &kept).unwrap();
    assert_eq!(verdict.size, incident.leaves());
    let other = TestVault::new();
    assert!(verify_directory(&incident.paths, Some(key(&other)), &[]).is_err());
    let foreign = other
        .auditor()
        .get("/audit/checkpoint")
        .assert_status(200)
        .body;
    assert!(verify_directory(&incident.paths, None, &[foreign]).is_err());
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
    let detail = read["detail"].to_string();
    assert!(detail.contains("only for auditors"), "{detail}");
    assert!(detail.contains("GB"), "{detail}");
}

#[test]
fn an_auditor_signs_off_up_to_what_there_is() {
    let incident = shared();
    let auditor = incident.auditor();
    let sign_off = |size: Value| {
        auditor.post(
            "/audit/sign-offs",
            &json!({ "size": size, "reason": body::REASON }),
        )
    };
    let size = incident.leaves();
    let answer = sign_off(json!(size)).assert_status(201);
    let leaf = incident.leaf(answer.leaf().unwrap());
    assert_eq!(leaf["action"], "audit.sign-off");
    assert_eq!(leaf["rows"], size);
    sign_off(json!(size + 1_000_000)).assert_problem(422, "invalid");
    sign_off(json!("all of it")).assert_problem(422, "invalid");
    let body = json!({ "size": 1, "reason": body::REASON });
    let answer = incident.lead().post("/audit/sign-offs", &body);
    answer.assert_problem(403, "not-allowed");
}

#[test]
fn a_failed_sign_in_and_a_stop_are_in_the_log() {
    let vault = TestVault::new();
    vault.lead();
    vault
        .sign_in("lead.one", "not the password of it")
        .assert_problem(401, "wrong-credential");
    let denied = search(
        &vault,
        &json!({ "action": "session.open", "outcome": "denied" }),
    );
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["kind"], "wrong-credential");
    assert_eq!(denied[0]["object"], vault.operator(Who::Lead).as_str());
    assert_eq!(search(&vault, &json!({ "action": "vault.init" })).len(), 1);
    assert!(vault.stop());
}
