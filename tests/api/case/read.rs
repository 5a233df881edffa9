//! One case, for its members.

use serde_json::json;

use crate::support::{Incident, Log, Who, body, csv_of, fresh_csv_with_a_reject, shared};

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

#[test]
fn the_counts_of_quarantines_are_in_the_overview_for_those_who_may_know_them() {
    let log = csv_of(&[("one", "+447700900009", "2024-03-10T12:00:00Z")]);
    let incident = Incident::with("", Log::read_short(log));
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    let admit = |who: Who| {
        let path = incident.of_case("/exhibits");
        let file = fresh_csv_with_a_reject();
        let admitted = incident.client(who).upload(&path, &file);
        admitted.assert_status(201).member("exhibit")
    };
    admit(Who::Custodian);
    admit(Who::Custodian);
    let last = admit(Who::Outsider);
    let told = |who: Who| {
        let read = incident.client(who).get(&incident.of_case(""));
        let json = read.assert_status(200).json();
        (
            json["quarantined"].clone(),
            json["quarantined_by_kind"].clone(),
        )
    };
    let rows = |rows: u64| {
        (
            json!(rows),
            json!([{ "kind": "not-a-number", "rows": rows }]),
        )
    };
    for (who, expected) in [
        (Who::Lead, rows(3)),
        (Who::Investigator, rows(3)),
        // A custodian is told of its own files.
        (Who::Custodian, rows(2)),
        (Who::Outsider, rows(1)),
        (Who::Liaison, (json!(null), json!(null))),
    ] {
        assert_eq!(told(who), expected, "{}", who.name());
    }
    incident.withdraw(&last);
    assert_eq!(told(Who::Lead), rows(2));
    assert_eq!(told(Who::Outsider), (json!(0), json!([])));
}
