//! What a decider sees of a request to see a quarantine.

use serde_json::json;

use super::{asked, asked_list, small};
use crate::export::Receiver;
use crate::support::{Incident, Log, Who, csv_of};

#[test]
fn who_decides_sees_how_many_rows_and_no_row() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let quarantine = asked(&incident);
    let path = format!("/quarantines/{quarantine}");
    for client in [incident.lead(), incident.custodian()] {
        let seen = client.get(&path).assert_status(200);
        assert_eq!(seen.json()["rows"], 1);
        assert_eq!(seen.json()["state"], "requested");
        assert!(!seen.text().contains("not-a-number"), "{}", seen.text());
    }
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    let case = incident
        .lead()
        .get(&incident.of_case(""))
        .assert_status(200);
    assert_eq!(case.json()["quarantined"], 1);
}

#[test]
fn who_decides_a_list_sees_what_would_leave_and_to_whom() {
    let incident = small();
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    let receiver = Receiver::new();
    let (exhibit, list) = asked_list(&incident, &receiver);
    let path = format!("/quarantines/{list}");
    let seen = |who: Who| {
        let seen = incident.client(who).get(&path).assert_status(200);
        assert!(!seen.text().contains("qk71zz"), "{}", seen.text());
        seen.json()
    };
    let faults = |rows: serde_json::Value| {
        json!([
            { "column": null, "kind": "wrong-cell-count", "rows": rows },
            { "column": "number", "kind": "damaged", "rows": rows },
            { "column": "number", "kind": "not-a-number", "rows": rows },
            { "column": "sent_at", "kind": "bad-time", "rows": rows },
        ])
    };
    for who in [Who::Lead, Who::SecondLead, Who::Custodian] {
        let json = seen(who);
        assert_eq!(json["form"], "list");
        assert_eq!(json["exhibit"], exhibit.as_str());
        assert_eq!(json["rows"], 4);
        assert_eq!(json["list"]["faults"], faults(json!(1)));
        let columns = ["account", "number", "carrier", "country", "sent_at", "kind"];
        assert_eq!(json["list"]["columns"], json!(columns));
        let to = json!([{ "name": "the supplier", "key": receiver.recipient }]);
        assert_eq!(json["list"]["recipients"], to);
        assert_eq!(json["list"]["legal_basis"], "contract, section 9");
    }
    // A custodian who did not admit the file is told rounded counts.
    let json = seen(Who::Outsider);
    assert_eq!(json["rows"], "*");
    assert_eq!(json["list"]["faults"], faults(json!("*")));
    let masked = incident
        .lead()
        .get(&format!("/quarantines/{}", asked(&incident)));
    let masked = masked.assert_status(200).json();
    assert_eq!(masked["form"], "masked");
    assert!(masked.get("list").is_none(), "{masked}");
}
