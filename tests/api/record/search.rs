//! Records, masked, a page at a time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Incident, Log, Message, TestVault, Who, body, csv_of_places, shared};

fn page(filter: &Value, limit: u32, cursor: Option<&str>) -> Value {
    let incident = shared();
    let mut body = body::search(filter);
    body["limit"] = json!(limit);
    body["cursor"] = json!(cursor);
    let path = incident.of_case("/records/search");
    let answer = incident.investigator().post(&path, &body);
    answer.assert_status(200).json()
}

fn all_pages(filter: &Value, limit: u32) -> (Vec<Value>, u64) {
    let (mut records, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = page(filter, limit, cursor.as_deref());
        records.extend(page["records"].as_array().unwrap().iter().cloned());
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return (records, page["total"].as_u64().unwrap());
        }
    }
}

#[test]
fn all_pages_together_give_every_record_once() {
    let (records, total) = all_pages(&json!({}), 337);
    assert_eq!(records.len(), shared().log.messages.len());
    assert_eq!(total, records.len() as u64);
    let ids: BTreeSet<&str> = records
        .iter()
        .map(|record| record["record"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), records.len());
}

#[test]
fn a_record_is_what_the_log_says_without_the_number() {
    let log = &shared().log;
    let (records, _) = all_pages(&json!({}), 500);
    let text = |record: &Value, name: &str| record[name].as_str().unwrap().to_owned();
    let mut told: Vec<_> = records
        .iter()
        .map(|record| {
            let shown = [
                "account", "carrier", "country", "state", "sent_at", "kind", "channel",
            ];
            shown.map(|name| text(record, name))
        })
        .collect();
    let mut sent: Vec<_> = log
        .messages
        .iter()
        .map(|one| {
            [
                &one.account,
                &one.carrier,
                &one.country,
                &one.state,
                &one.sent_at,
                &one.kind,
                &one.channel,
            ]
            .map(String::clone)
        })
        .collect();
    told.sort();
    sent.sort();
    assert_eq!(told, sent);
    for record in &records {
        let masked = text(record, "number_masked");
        let digits = masked.chars().filter(char::is_ascii_digit).count();
        assert!(masked.contains('•') && digits <= 5, "{masked}");
        assert!(text(record, "subject").starts_with("S-"));
    }
    let subjects: BTreeSet<_> = records
        .iter()
        .map(|record| text(record, "subject"))
        .collect();
    assert_eq!(subjects.len(), log.numbers_of(|_| true).len());
}

/// Whether a message is kept, told without the vault.
type Keeps = Box<dyn Fn(&Message) -> bool>;

#[test]
fn every_filter_keeps_what_a_plain_reading_of_the_log_keeps() {
    let log = &shared().log;
    let one = &log.messages[log.messages.len() / 2];
    let cases: Vec<(Value, Keeps)> = vec![
        (
            json!({ "country": [one.country] }),
            Box::new(|m| m.country == one.country),
        ),
        (
            json!({ "kind": [one.kind] }),
            Box::new(|m| m.kind == one.kind),
        ),
        (
            json!({ "account": [one.account] }),
            Box::new(|m| m.account == one.account),
        ),
        (
            json!({ "carrier": [one.carrier] }),
            Box::new(|m| m.carrier == one.carrier),
        ),
        (
            json!({ "channel": [one.channel] }),
            Box::new(|m| m.channel == one.channel),
        ),
        (
            json!({ "country": ["US"], "state": ["CA"] }),
            Box::new(|m| m.country == "US" && m.state == "CA"),
        ),
        (
            json!({ "country": ["US", "GB"] }),
            Box::new(|m| ["US", "GB"].contains(&m.country.as_str())),
        ),
        (
            json!({ "sent_from": "2024-03-08T00:00:00Z", "sent_to": "2024-03-09T00:00:00Z" }),
            Box::new(|m| m.sent_at.starts_with("2024-03-08")),
        ),
        (json!({ "country": ["XX"] }), Box::new(|_| false)),
        (
            json!({ "account": [one.account], "kind": [one.kind], "sent_from": "2024-03-15T00:00:00Z" }),
            Box::new(|m| {
                m.account == one.account && m.kind == one.kind && m.sent_at.as_str() >= "2024-03-15"
            }),
        ),
    ];
    for (filter, keep) in cases {
        let page = page(&filter, 1, None);
        assert_eq!(page["total"], log.count(keep), "{filter}");
    }
}

#[test]
fn a_subject_leads_to_all_its_records() {
    let incident = shared();
    let number = &incident.log.messages[17].number;
    let subject = incident.subject(number);
    let (records, total) = all_pages(&json!({ "subject": [subject] }), 2);
    assert_eq!(total, incident.log.count(|m| m.number == *number));
    assert_eq!(records.len() as u64, total);
    assert!(
        records
            .iter()
            .all(|record| record["subject"] == subject.as_str())
    );
}

#[test]
fn the_timeline_of_a_subject_is_its_records_in_the_order_of_their_times() {
    let incident = shared();
    let mut counts = std::collections::BTreeMap::new();
    for message in &incident.log.messages {
        *counts.entry(&message.number).or_insert(0) += 1;
    }
    let (number, _) = counts.iter().max_by_key(|(_, count)| **count).unwrap();
    let subject = incident.subject(number);
    let (mut told, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut asked = body::search(&json!({ "subject": [subject] }));
        asked["order"] = json!("time");
        asked["limit"] = json!(1);
        asked["cursor"] = json!(cursor);
        let path = incident.of_case("/records/search");
        let page = incident.investigator().post(&path, &asked);
        let page = page.assert_status(200).json();
        told.push(page["records"][0]["sent_at"].as_str().unwrap().to_owned());
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let sent = incident
        .log
        .messages
        .iter()
        .filter(|m| m.number == **number);
    let mut sent: Vec<String> = sent.map(|m| m.sent_at.clone()).collect();
    sent.sort();
    assert_eq!(told, sent);
}

#[test]
fn all_records_are_in_the_order_of_a_column_page_by_page() {
    let incident = shared();
    let path = incident.of_case("/records/search");
    let pages = |order: &str, member: &str| {
        let (mut told, mut ids, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
        loop {
            let mut asked = body::search(&json!({ "kind": ["sms"] }));
            asked["order"] = json!(order);
            asked["limit"] = json!(500);
            asked["cursor"] = json!(cursor);
            let page = incident
                .lead()
                .post(&path, &asked)
                .assert_status(200)
                .json();
            for record in page["records"].as_array().unwrap() {
                told.push(record[member].as_str().unwrap().to_owned());
                ids.push(record["record"].as_str().unwrap().to_owned());
            }
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                assert_eq!(told.len() as u64, page["total"].as_u64().unwrap());
                ids.sort();
                ids.dedup();
                assert_eq!(ids.len(), told.len());
                return told;
            }
        }
    };
    let sent = |value: fn(&crate::support::Message) -> &String| {
        let of_kind = incident.log.messages.iter().filter(|one| one.kind == "sms");
        let mut all: Vec<String> = of_kind.map(|one| value(one).clone()).collect();
        all.sort();
        all
    };
    let times = sent(|one| &one.sent_at);
    assert!(times.len() > 500, "more than a page");
    assert_eq!(pages("time", "sent_at"), times);
    let latest: Vec<String> = times.into_iter().rev().collect();
    assert_eq!(pages("latest", "sent_at"), latest);
    assert_eq!(pages("country", "country"), sent(|one| &one.country));
    assert_eq!(pages("account", "account"), sent(|one| &one.account));
    let mut asked = body::search(&json!({}));
    asked["order"] = json!("number");
    incident
        .lead()
        .post(&path, &asked)
        .assert_problem(422, "invalid");
}

#[test]
fn a_cursor_belongs_to_its_filter() {
    let incident = shared();
    let first = page(&json!({}), 5, None);
    let cursor = first["next"].as_str().unwrap();
    let ask = |filter: Value, cursor: &str, limit: u32| {
        let mut body = body::search(&filter);
        body["cursor"] = json!(cursor);
        body["limit"] = json!(limit);
        incident
            .investigator()
            .post(&incident.of_case("/records/search"), &body)
    };
    ask(json!({ "country": ["US"] }), cursor, 5).assert_problem(422, "invalid");
    ask(json!({}), "not a cursor", 5).assert_problem(422, "invalid");
    ask(json!({}), cursor, 0).assert_problem(422, "invalid");
    ask(json!({}), cursor, 501).assert_problem(422, "invalid");
    ask(json!({}), cursor, 500).assert_status(200);
}

#[test]
fn a_filter_that_is_wrong_is_named_by_its_place() {
    let incident = shared();
    for (filter, at) in [
        (json!({ "sent_from": "+447700900123" }), "filter.sent_from"),
        (
            json!({ "subject": ["S-00000000", "+447700900123"] }),
            "filter.subject[1]",
        ),
        (json!({ "country": ["x".repeat(300)] }), "filter.country[0]"),
        (
            json!({ "sent_from": "2024-03-02T00:00:00Z", "sent_to": "2024-03-01T00:00:00Z" }),
            "filter.sent_to",
        ),
    ] {
        let path = incident.of_case("/records/search");
        let answer = incident.investigator().post(&path, &body::search(&filter));
        let answer = answer.assert_problem(422, "invalid");
        assert!(!answer.text().contains("7700"));
        if at != "filter.subject[1]" {
            assert_eq!(answer.json()["at"], at);
        }
    }
}

#[test]
fn malformed_and_oversized_bodies_are_told_by_place_only() {
    let incident = shared();
    let investigator = incident.investigator();
    let path = incident.of_case("/records/search");
    let malformed = investigator.post_text(&path, "{\n  \"filter\": +447700900123 }");
    let malformed = malformed.assert_problem(400, "malformed-json");
    assert_eq!(malformed.json()["line"], 2);
    assert!(!malformed.text().contains("7700"));
    let unknown = investigator.post_text(&path, r#"{"+447700900123":[]}"#);
    assert!(
        !unknown
            .assert_problem(422, "invalid")
            .text()
            .contains("7700")
    );
    let mut large = r#"{"filter":{"country":["+447700900123"]},"reason":""#.to_owned();
    large.push_str(&"7".repeat(1 << 20));
    let large = investigator.post_text(&path, &(large + "\"}"));
    assert!(
        !large
            .assert_problem(413, "too-large")
            .text()
            .contains("7700")
    );
    let deep = "[".repeat(100_000);
    let deep = investigator.post_text(&path, &deep);
    assert!([400, 422].contains(&deep.status));
    let headers = [("content-type", "text/plain")];
    let text = b"+447700900123";
    let path = format!("/api/v1{path}");
    let answer = investigator.send(ureq::http::Method::POST, &path, &headers, text);
    answer.assert_problem(415, "unsupported-media-type");
}

#[test]
fn a_record_says_the_state_of_the_log_and_that_of_the_area_code_apart() {
    let rows = csv_of_places(&[
        ["one", "+12145550142", "US", "California"],
        ["one", "+14155550143", "US", "TX"],
        ["two", "+447700900001", "GB", "Wales"],
    ]);
    let incident = Incident::with("", Log::read_short(rows));
    let search = |filter: Value| {
        let path = incident.of_case("/records/search");
        let answer = incident.investigator().post(&path, &body::search(&filter));
        let page = answer.assert_status(200).json();
        let records = page["records"].as_array().unwrap().clone();
        records
            .iter()
            .map(|record| {
                ["state", "area_state"].map(|name| record[name].as_str().unwrap().to_owned())
            })
            .collect::<Vec<_>>()
    };
    let (texan, other, welsh) = (["California", "TX"], ["TX", "CA"], ["Wales", ""]);
    assert_eq!(search(json!({})), [texan, other, welsh]);
    assert_eq!(search(json!({ "area_state": ["TX"] })), [texan]);
    assert_eq!(search(json!({ "state": ["TX"] })), [other]);
    assert_eq!(search(json!({ "area_state": ["Wales"] })), [[""; 2]; 0]);
}

/// Filters that people sent to tools like this one, and what is right.
#[test]
fn filters_as_people_write_them_keep_what_they_mean() {
    let csv = "account,number,carrier,country,state,sent_at,kind\n\
        DF9,+12025550101,Verizon,US,WA,2024-03-10T12:00:00Z,sms\n\
        DF9,+12025550102,Verizon,US,WA,2024-03-10T12:01:00Z,phone\n";
    let vault = TestVault::new();
    let case = vault.open_case();
    vault.name_member(&case, Who::Custodian, "custodian", None);
    let exhibits = format!("/cases/{case}/exhibits");
    let admitted = vault.custodian().upload(&exhibits, csv.as_bytes());
    admitted.assert_status(201);
    let path = format!("/cases/{case}/records/search");
    let cases = include_str!("../../cases/filters.tsv");
    let mut tried = 0;
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let filter: Value = serde_json::from_str(cells[0]).unwrap();
        let answer = vault.lead().post(&path, &body::search(&filter));
        let (expected, named) = cells[1]
            .split_once(" and ")
            .map_or((cells[1], false), |(expected, _)| (expected, true));
        match expected.strip_prefix("total ") {
            Some(total) => {
                let page = answer.assert_status(200).json();
                assert_eq!(page["total"].to_string(), total, "{line}");
                assert_eq!(page["unknown_values"] == filter, named, "{line}");
                assert_eq!(page["basis"]["records"], 2);
            }
            None => drop(answer.assert_problem(expected.parse().unwrap(), "invalid")),
        }
        tried += 1;
    }
    assert!(tried >= 7);
}
