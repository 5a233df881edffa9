//! `Accept` is read with its weights.

use crate::support::shared;

#[test]
fn a_form_with_a_weight_of_nothing_is_not_sent() {
    let auditor = shared().auditor();
    for (accept, expected) in [
        ("application/octet-stream;q=0", "application/json"),
        (
            "application/octet-stream;q=0.1, application/json",
            "application/json",
        ),
        (
            "application/octet-stream;q=0.0, */*;q=0.1",
            "application/json",
        ),
        (
            "application/json;q=0.1, application/octet-stream;q=0.2",
            "application/octet-stream",
        ),
        ("application/json;q=0, */*", "application/octet-stream"),
        ("Application/Octet-Stream", "application/octet-stream"),
        ("*/*", "application/json"),
    ] {
        let answer = auditor.get_as("/audit/leaves/1", accept).assert_status(200);
        assert_eq!(answer.header("content-type"), Some(expected), "{accept}");
    }
}

#[test]
fn an_address_that_has_nothing_acceptable_says_so_before_it_acts() {
    let incident = shared();
    let auditor = incident.auditor();
    let leaves = auditor.get("/audit/checkpoint").leaf().unwrap();
    for path in ["/audit/leaves/1", "/me", "/audit/checkpoint"] {
        auditor
            .get_as(path, "*/*;q=0")
            .assert_problem(406, "not-acceptable");
    }
    auditor
        .get_as("/me", "application/json;q=0")
        .assert_problem(406, "not-acceptable");
    let next = auditor.get("/audit/checkpoint").leaf().unwrap();
    // Others use the same vault; none of these wrote a leaf for the auditor.
    let search = serde_json::json!({ "action": "session.read" });
    let found = auditor.post("/audit/leaves/search", &search).json();
    let own = found["leaves"].as_array().unwrap().iter().any(|leaf| {
        leaf["role"] == "auditor"
            && leaf["seq"]
                .as_u64()
                .is_some_and(|seq| (leaves..next).contains(&seq))
    });
    assert!(!own, "{found}");
}
