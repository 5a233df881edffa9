//! Who may ask to see a quarantine, and of which exhibit.

use serde_json::{Value, json};

use super::{admitted, ask, ask_with, small};
use crate::export::Receiver;
use crate::support::{Incident, Log, Who, body, csv_of, fresh_csv};

#[test]
fn a_lead_asks_and_nobody_else() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let exhibit = admitted(&incident);
    for client in [
        incident.custodian(),
        incident.investigator(),
        incident.liaison(),
    ] {
        ask(&incident, &client, &exhibit).assert_problem(403, "not-allowed");
    }
    let asked = ask(&incident, &incident.lead(), &exhibit).assert_status(201);
    assert_eq!(asked.json()["state"], "requested");
}

#[test]
fn an_exhibit_without_quarantine_and_one_that_is_not_there_are_refused() {
    let incident = Incident::with(
        "",
        Log::read_short(csv_of(&[("one", "+447700900001", "2024-03-10T12:00:00Z")])),
    );
    let lead = incident.lead();
    let clean = incident
        .admit(&fresh_csv())
        .assert_status(201)
        .member("exhibit");
    let refused = ask(&incident, &lead, &clean).assert_problem(422, "invalid");
    assert_eq!(refused.json()["at"], "exhibit");
    let unknown = "x_0123456789abcdefghjk";
    ask(&incident, &lead, unknown).assert_problem(404, "not-found");
    let withdrawn = admitted(&incident);
    incident.withdraw(&withdrawn);
    ask(&incident, &lead, &withdrawn).assert_problem(409, "exhibit-withdrawn");
}

#[test]
fn a_lead_asks_for_a_list_and_nobody_else() {
    let incident = small();
    let list = body::list(&Receiver::new().recipient);
    let exhibit = admitted(&incident);
    for (who, status, kind) in [
        (Who::Custodian, 403, "not-allowed"),
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Auditor, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
    ] {
        let asked = ask_with(&incident, &incident.client(who), &exhibit, &list);
        asked.assert_problem(status, kind);
    }
    let asked = ask_with(&incident, &incident.lead(), &exhibit, &list).assert_status(201);
    assert_eq!(asked.json()["state"], "requested");
}

#[test]
fn a_list_is_of_an_exhibit_of_the_case_with_rows_in_quarantine() {
    let incident = small();
    let lead = incident.lead();
    let list = body::list(&Receiver::new().recipient);
    let clean = incident.admit(&fresh_csv()).assert_status(201);
    let clean = clean.member("exhibit");
    let refused = ask_with(&incident, &lead, &clean, &list).assert_problem(422, "invalid");
    assert_eq!(refused.json()["at"], "exhibit");
    let exhibit = admitted(&incident);
    // The lead of another case, whose exhibit it is not.
    let other = incident.open_case();
    let path = format!("/cases/{other}/exhibits/{exhibit}/quarantine");
    lead.post(&path, &list).assert_problem(404, "not-found");
    incident.withdraw(&exhibit);
    let refused = ask_with(&incident, &lead, &exhibit, &list);
    refused.assert_problem(409, "exhibit-withdrawn");
}

#[test]
fn a_list_has_named_recipients_and_a_legal_basis_and_masked_rows_have_neither() {
    let incident = small();
    let lead = incident.lead();
    let receiver = Receiver::new();
    let exhibit = admitted(&incident);
    let ask = |change: &dyn Fn(&mut Value)| {
        let mut request = body::list(&receiver.recipient);
        change(&mut request);
        ask_with(&incident, &lead, &exhibit, &request)
    };
    let secret = json!([{ "name": "the supplier", "key": receiver.identity() }]);
    let twice = json!([
        { "name": "one", "key": receiver.recipient },
        { "name": "two", "key": receiver.recipient },
    ]);
    for (member, value, at) in [
        ("form", json!("letter"), "form"),
        ("recipients", json!([]), "recipients"),
        ("recipients", secret, "recipients[0]"),
        ("recipients", twice, "recipients[1]"),
        (
            "recipients",
            json!([{ "name": "", "key": receiver.recipient }]),
            "recipients[0].name",
        ),
        ("legal_basis", json!(""), "legal_basis"),
        ("legal_basis", Value::Null, "legal_basis"),
        ("form", json!("masked"), "recipients"),
        ("form", Value::Null, "recipients"),
    ] {
        let refused = ask(&|request| request[member] = value.clone());
        let refused = refused.assert_problem(422, "invalid");
        assert_eq!(refused.json()["at"], at, "{member}");
        assert!(!refused.text().contains(&receiver.identity()[16..]));
    }
    let basis_alone = ask(&|request| {
        request["form"] = json!("masked");
        request["recipients"] = json!([]);
    });
    let refused = basis_alone.assert_problem(422, "invalid");
    assert_eq!(refused.json()["at"], "legal_basis");
    ask(&|_| {}).assert_status(201);
}
