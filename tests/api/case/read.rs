//! One case, for its members.

use serde_json::json;

use crate::support::{Who, body, shared};

#[test]
fn to_an_outsider_a_case_looks_like_one_that_never_was() {
    let incident = shared();
    let unknown = "c_00000000000000000000";
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        let client = incident.client(who);
        for rest in ["", "/members", "/exhibits", "/reveals", "/exports"] {
            let there = client.get(&incident.of_case(rest));
            let absent = client.get(&format!("/cases/{unknown}{rest}"));
            assert_eq!(there.problem(), "not-found");
            assert_eq!(there.comparable(), absent.comparable(), "{rest}");
        }
        for (rest, body) in [
            ("/lookups", body::look_up(&["+447700900001"])),
            ("/records/search", body::search(&json!({}))),
            ("/scope", json!({ "audience": "team" })),
            ("/reveals", body::reveal(&["S-00000000".to_owned()])),
            ("/close", body::reason()),
        ] {
            let there = client.post(&incident.of_case(rest), &body);
            let absent = client.post(&format!("/cases/{unknown}{rest}"), &body);
            assert_eq!(there.comparable(), absent.comparable(), "{rest}");
        }
        let there = client.upload(&incident.of_case("/exhibits"), b"x");
        let absent = client.upload(&format!("/cases/{unknown}/exhibits"), b"x");
        assert_eq!(there.problem(), "not-found");
        assert_eq!(there.comparable(), absent.comparable());
    }
}
