//! An auditor has looked, up to a size of the log.

use serde_json::{Value, json};

use crate::support::{body, shared};

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
