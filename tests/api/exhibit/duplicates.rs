//! What was left out as a duplicate, by rule and by line.

use serde_json::json;

use crate::support::{Incident, Log, Who, csv_of};

const ROW: (&str, &str, &str) = ("one", "+447700900001", "2024-03-10T12:00:00Z");

#[test]
fn the_team_lists_lines_and_a_custodian_those_of_its_own_files() {
    let incident = Incident::with("", Log::read_short(csv_of(&[ROW])));
    let other = ("one", "+447700900002", "2024-03-10T12:00:00Z");
    let admitted = incident
        .admit(&csv_of(&[other, ROW, other]))
        .assert_status(201);
    let by_rule = json!([{ "rule": "whole-row", "rows": 2 }]);
    assert_eq!(admitted.json()["duplicates_by_rule"], by_rule);
    let path = incident.of_case(&format!(
        "/exhibits/{}/duplicates",
        admitted.member("exhibit")
    ));
    for client in [
        incident.investigator(),
        incident.lead(),
        incident.custodian(),
    ] {
        let list = client.get(&path).assert_status(200);
        assert_eq!(list.json()["by_rule"], by_rule);
        let lines = json!([
            { "line": 3, "rule": "whole-row" }, { "line": 4, "rule": "whole-row" },
        ]);
        assert_eq!(list.json()["lines"], lines);
        assert!(!list.text().contains("7700900"), "{}", list.text());
        assert!(list.leaf().is_some());
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
    incident
        .lead()
        .get(&format!("{path}?part=x"))
        .assert_problem(422, "invalid");
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
