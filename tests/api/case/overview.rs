//! One case at a glance.

use serde_json::{Value, json};

use crate::support::{Browser, Incident, Log, Who, body, shared};

#[test]
fn the_team_is_told_what_the_case_rests_on() {
    let incident = shared();
    for who in [Who::Investigator, Who::Lead] {
        let answer = incident.client(who).get(&incident.of_case("/overview"));
        let answer = answer.assert_status(200);
        let json = answer.json();
        let looked_up = incident.look_up(&incident.client(who), &["+447700900999"]);
        assert_eq!(json["basis"], looked_up.assert_status(200).json()["basis"]);
        assert_eq!(json["title"], "SMS logs of March");
        assert!(json["numbers"].as_u64().unwrap() > 0);
        let integrity = &json["integrity"];
        let size = integrity["size"].as_u64().unwrap();
        assert!(size <= answer.leaf().unwrap());
        // Opening the case was marked at once.
        assert!((1..=size).contains(&integrity["marked"].as_u64().unwrap()));
        assert_eq!(integrity["root"].as_str().unwrap().len(), 44);
        // Since when the log is known to be whole, and by what.
        if let Some(verified) = integrity["verified"].as_object() {
            assert!(
                verified["by"].as_str().unwrap().contains('.'),
                "{integrity}"
            );
        }
    }
}

#[test]
fn what_the_files_had_and_the_vault_has_not_is_named() {
    let csv = b"account,number,carrier,country,state,sent_at,kind,body\n\
        one,+447700900001,C,GB,,2024-03-10T12:00:00Z,sms,some words\n\
        two,+447700900002,C,GB,,2024-03-11T12:00:00Z,sms,other words\n";
    let incident = Incident::with("", Log::read_short(csv.to_vec()));
    let overview = |who| {
        let answer = incident.client(who).get(&incident.of_case("/overview"));
        answer.assert_status(200).json()
    };
    let first = &overview(Who::Lead)["left_out"][0];
    assert_eq!(first["dropped_columns"], json!(["body"]));
    assert!(overview(Who::Liaison).get("left_out").is_none());
    let browser = Browser::signed_in(&incident, Who::Lead);
    let page = |rest: &str| {
        let page = browser.get(&format!("/console{}{rest}", incident.of_case("")));
        page.assert_status(200).text()
    };
    let told = page("");
    assert!(
        told.contains("This vault holds no content of messages."),
        "{told}"
    );
    assert!(told.contains("with all cells: body."), "{told}");
    let told = page("/exhibits");
    assert!(told.contains("nothing is kept: body."), "{told}");
    assert!(!told.contains("Commitment to that digest"), "{told}");
}

#[test]
fn a_case_without_an_exhibit_says_what_comes_first() {
    let incident = Incident::new();
    let case = incident.open_case();
    let browser = Browser::signed_in(&incident, Who::Lead);
    let page = |case: &str| {
        let page = browser.get(&format!("/console/cases/{case}"));
        page.assert_status(200).text()
    };
    let empty = page(&case);
    assert!(empty.contains("Nothing counts in this case yet"), "{empty}");
    assert!(
        empty.contains(&format!("/cases/{case}/members\">Members")),
        "{empty}"
    );
    assert!(!empty.contains("/exports/new"), "{empty}");
    let full = page(&incident.case);
    assert!(!full.contains("Nothing counts in this case yet"), "{full}");
    assert!(full.contains("/exports/new"), "{full}");
    // What a hold began is ended by its name.
    let hold = format!("/cases/{case}/hold");
    incident
        .lead()
        .post(&hold, &body::reason())
        .assert_status(200);
    assert!(page(&case).contains("<button>Ask to end the hold</button>"));
}

#[test]
fn a_liaison_is_told_of_its_account_alone() {
    let incident = shared();
    let json = incident.liaison().get(&incident.of_case("/overview"));
    let json = json.assert_status(200).json();
    let own = incident.log.messages.iter();
    let own = own.filter(|message| message.account == incident.account);
    assert_eq!(json["basis"]["account_in_log"], true);
    assert!(json["basis"]["records"].as_u64().unwrap() <= own.count() as u64);
    assert_eq!(json["numbers"], Value::Null);
    assert_eq!(json["exhibits"], Value::Null);
    assert!(!json.to_string().contains(&incident.other_account));
}

#[test]
fn a_custodian_is_told_no_sum_over_its_files() {
    let incident = shared();
    let json = incident.custodian().get(&incident.of_case("/overview"));
    let json = json.assert_status(200).json();
    for member in ["basis", "numbers"] {
        assert_eq!(json[member], Value::Null, "{member}");
    }
    // Of the files that it admitted itself, as `GET /cases/{case}` says it.
    let read = incident.custodian().get(&incident.of_case(""));
    let read = read.assert_status(200).json();
    assert_eq!(json["quarantined"], read["quarantined"]);
}

#[test]
fn what_waits_is_of_this_case_only() {
    let incident = Incident::new();
    let raise = incident.ask_raise(&incident.investigator(), 5);
    let waiting = |path: &str| {
        let json = incident.lead().get(path).assert_status(200).json();
        json["waiting"].as_array().unwrap().clone()
    };
    let here = waiting(&incident.of_case("/overview"));
    assert_eq!(here.len(), 1);
    assert_eq!(here[0]["request"], raise.as_str());
    assert_eq!(here[0]["reason"], body::REASON);
    let other = incident.open_case();
    assert!(waiting(&format!("/cases/{other}/overview")).is_empty());
    assert_eq!(waiting("/inbox").len(), 1);
}
