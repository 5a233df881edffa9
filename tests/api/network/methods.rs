//! `HEAD` never does what `GET` does.

use serde_json::json;
use ureq::http::Method;

use crate::support::{Incident, body};

#[test]
fn head_hands_no_package_out_and_changes_nothing() {
    let incident = Incident::new();
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let request = body::export("scope-report", &json!({}), &recipient);
    let export = incident.approved_export(&request);
    let custodian = incident.custodian();
    let path = format!("/api/v1/exports/{export}/package");
    let leaves = incident.leaves();
    let answer = custodian.send(Method::HEAD, &path, &[], &[]);
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET,DELETE"));
    assert_eq!((answer.leaf(), answer.body.len()), (None, 0));
    assert_eq!(incident.leaves(), leaves);
    let seen = custodian.get(&format!("/exports/{export}"));
    assert_eq!(seen.assert_status(200).member("state"), "approved");
    let file = incident.paths.packages().join(format!("{export}.tar"));
    assert!(!file.exists());
    custodian
        .get(&format!("/exports/{export}/package"))
        .assert_status(200);
}

#[test]
fn head_of_any_operation_is_refused_without_a_leaf_or_a_price() {
    let incident = Incident::new();
    let clients = [
        incident.investigator(),
        incident.custodian(),
        incident.auditor(),
    ];
    let exhibit = incident.first_exhibit();
    let leaves = incident.leaves();
    for route in breachvault::http::table() {
        let path = route.path.replace("{case}", &incident.case);
        let path = path.replace("{exhibit}", &exhibit).replace("{leaf}", "1");
        for client in &clients {
            let answer = client.send(Method::HEAD, &path, &[], &[]);
            let expected = if route.action.is_some() { 405 } else { 200 };
            assert_eq!(answer.status, expected, "{path}");
            assert_eq!(answer.leaf(), None, "{path}");
        }
    }
    for method in ["OPTIONS", "TRACE", "PATCH", "PURGE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = incident.auditor().send(method, "/api/v1/cases", &[], &[]);
        assert_eq!(answer.header("allow"), Some("POST,GET"));
        answer.assert_problem(405, "method-not-allowed");
    }
    assert_eq!(incident.leaves(), leaves);
}
