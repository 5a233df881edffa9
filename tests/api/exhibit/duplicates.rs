//! What was left out as a duplicate, by rule and by line.

use serde_json::json;

use crate::support::{Client, Incident, Log, Who, csv_of};

const ROW: (&str, &str, &str) = ("one", "+447700900001", "2024-03-10T12:00:00Z");

#[test]
fn the_team_lists_lines_and_a_custodian_those_within_its_own_files() {
    let incident = Incident::with("", Log::read_short(csv_of(&[ROW])));
    let other = ("one", "+447700900002", "2024-03-10T12:00:00Z");
    let admitted = incident
        .admit(&csv_of(&[other, ROW, other]))
        .assert_status(201);
    let by_rule = json!([{ "rule": "whole-row", "rows": 1 }]);
    assert_eq!(admitted.json()["duplicates_by_rule"], by_rule);
    let path = incident.of_case(&format!(
        "/exhibits/{}/duplicates",
        admitted.member("exhibit")
    ));
    let list = |client: &Client, query: &str, of: &str, line: u64| {
        let list = client.get(&format!("{path}{query}")).assert_status(200);
        let json = list.json();
        assert_eq!((&json["of"], &json["by_rule"]), (&json!(of), &by_rule));
        assert_eq!(
            json["lines"],
            json!([{ "line": line, "rule": "whole-row" }])
        );
        assert!(!list.text().contains("7700900"), "{}", list.text());
        assert!(list.leaf().is_some());
    };
    for client in [
        incident.investigator(),
        incident.lead(),
        incident.custodian(),
    ] {
        list(&client, "", "file", 4);
        list(&client, "?of=file&part=0", "file", 4);
    }
    // What the case had is for who may look up, at the price of a difference.
    let left = |client: &Client| {
        let me = client.get("/me").assert_status(200).json();
        me["cases"][0]["lookup_budget"].as_u64().unwrap()
    };
    for client in [incident.investigator(), incident.lead()] {
        let before = left(&client);
        list(&client, "?of=case", "case", 3);
        assert_eq!(before - left(&client), 100);
    }
    // Whoever may not is refused before anything is charged.
    for client in [incident.custodian(), incident.liaison()] {
        let before = left(&client);
        client
            .get(&format!("{path}?of=case"))
            .assert_problem(403, "not-allowed");
        assert_eq!(left(&client), before);
    }
    incident
        .liaison()
        .get(&path)
        .assert_problem(403, "not-allowed");
    incident.name_member(&incident.case, Who::Outsider, "custodian", None);
    incident
        .outsider()
        .get(&path)
        .assert_problem(403, "not-allowed");
    for query in [
        "?part=x",
        "?of=both",
        "?part=+1",
        "?part=01",
        "?part=%2B1",
        "?part=",
    ] {
        incident
            .lead()
            .get(&format!("{path}{query}"))
            .assert_problem(422, "invalid");
    }
    let none = incident
        .lead()
        .get(&format!("{path}?part=7"))
        .assert_status(200);
    assert_eq!(none.json()["lines"], json!([]));
    let unknown = incident.of_case("/exhibits/x_0123456789abcdefghjk/duplicates");
    incident
        .lead()
        .get(&unknown)
        .assert_problem(404, "not-found");
}
