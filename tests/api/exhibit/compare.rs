//! What one exhibit has that another has not, and who was exposed by it first.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Incident, Log, body, csv_of};

fn difference(incident: &Incident, client: &Client, exhibit: &str, against: &str) -> Answer {
    client.get(&incident.of_case(&format!("/exhibits/{exhibit}/difference?against={against}")))
}

fn admit(incident: &Incident, csv: &[u8]) -> String {
    incident.admit(csv).assert_status(201).member("exhibit")
}

fn number(no: u32) -> String {
    format!("+4477009000{no:02}")
}

/// Messages of numbers in an account, at an hour of 10 March.
fn csv(rows: &[(&str, u32, u32)]) -> Vec<u8> {
    let rows: Vec<(&str, String, String)> = rows
        .iter()
        .map(|(account, no, hour)| {
            (
                *account,
                number(*no),
                format!("2024-03-10T{hour:02}:00:00Z"),
            )
        })
        .collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|(a, n, t)| (*a, n.as_str(), t.as_str()))
        .collect();
    csv_of(&rows)
}

/// Two accounts; number 3 is in both.
const FIRST: &[(&str, u32, u32)] = &[
    ("one", 1, 1),
    ("one", 2, 1),
    ("one", 3, 1),
    ("two", 3, 1),
    ("two", 4, 1),
];

fn incident() -> Incident {
    Incident::with("", Log::read_short(csv(FIRST)))
}

/// The subjects of a search under this filter.
fn subjects(incident: &Incident, filter: &Value) -> BTreeSet<String> {
    let path = incident.of_case("/records/search");
    let page = incident
        .investigator()
        .post(&path, &body::search(filter))
        .assert_status(200)
        .json();
    let records = page["records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["subject"].as_str().unwrap().to_owned())
        .collect()
}

fn subjects_of(incident: &Incident, numbers: &[u32]) -> BTreeSet<String> {
    numbers
        .iter()
        .map(|no| incident.subject(&number(*no)))
        .collect()
}

#[test]
fn a_late_file_exposes_its_new_numbers_alone() {
    let incident = incident();
    let first = incident.first_exhibit();
    // 2 again in its account, 4 in another, 5 and 6 for the first time.
    let late = admit(
        &incident,
        &csv(&[
            ("one", 2, 2),
            ("one", 4, 2),
            ("three", 5, 2),
            ("one", 6, 2),
            ("one", 6, 3),
        ]),
    );
    let told = difference(&incident, &incident.investigator(), &late, &first)
        .assert_status(200)
        .json();
    assert_eq!(
        told,
        json!({
            "exhibit": late,
            "against": first,
            "messages": { "exhibit": 5, "against": 5 },
            "numbers": { "new": 2, "gone": 2, "unchanged": 2 },
            "newly_exposed": 2,
            "accounts": [
                { "account": "one", "messages": { "exhibit": 4, "against": 3 },
                  "numbers": { "new": 2, "gone": 2, "unchanged": 1 } },
                { "account": "three", "messages": { "exhibit": 1, "against": 0 },
                  "numbers": { "new": 1, "gone": 0, "unchanged": 0 } },
                { "account": "two", "messages": { "exhibit": 0, "against": 2 },
                  "numbers": { "new": 0, "gone": 2, "unchanged": 0 } },
            ],
        })
    );
    let back = difference(&incident, &incident.investigator(), &first, &late)
        .assert_status(200)
        .json();
    assert_eq!(
        back["numbers"],
        json!({ "new": 2, "gone": 2, "unchanged": 2 })
    );
    assert_eq!(
        back["newly_exposed"], 4,
        "the first file exposed all of its own"
    );
    let newly = json!({ "newly_exposed_in": late });
    assert_eq!(subjects(&incident, &newly), subjects_of(&incident, &[5, 6]));
    let scope = json!({ "by": ["account"], "filter": newly, "audience": "team" });
    let table = incident
        .lead()
        .post(&incident.of_case("/scope"), &scope)
        .assert_status(200)
        .json();
    assert_eq!(table["totals"], json!({ "messages": 3, "numbers": 2 }));
    // Together with another member, and for numbers of the first file.
    let both = json!({ "newly_exposed_in": late, "account": ["one"] });
    assert_eq!(subjects(&incident, &both), subjects_of(&incident, &[6]));
    let first = json!({ "newly_exposed_in": first, "sent_from": "2024-03-10T02:00:00Z" });
    assert_eq!(subjects(&incident, &first), subjects_of(&incident, &[2, 4]));
    let none = json!({ "newly_exposed_in": late, "subject": [incident.subject(&number(1))] });
    assert!(subjects(&incident, &none).is_empty());
}

#[test]
fn a_file_that_holds_nothing_new_exposes_nobody() {
    let incident = incident();
    let mut again = csv(FIRST);
    again.extend_from_slice(b"one,not a number,Carrier,GB,,2024-03-10T01:00:00Z,sms\n");
    let duplicate = admit(&incident, &again);
    let first = incident.first_exhibit();
    let told = difference(&incident, &incident.lead(), &duplicate, &first)
        .assert_status(200)
        .json();
    assert_eq!(told["messages"], json!({ "exhibit": 0, "against": 5 }));
    assert_eq!(
        told["numbers"],
        json!({ "new": 0, "gone": 4, "unchanged": 0 })
    );
    assert_eq!(told["newly_exposed"], 0);
    assert!(subjects(&incident, &json!({ "newly_exposed_in": duplicate })).is_empty());
}

#[test]
fn after_a_correction_only_the_newly_exposed_are_told() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    incident.withdraw(&wrong);
    // An hour later, without 4, and with 7, whom nobody knew of.
    let right = admit(
        &incident,
        &csv(&[
            ("one", 1, 2),
            ("one", 2, 2),
            ("one", 3, 2),
            ("two", 3, 2),
            ("one", 7, 2),
        ]),
    );
    let told = difference(&incident, &incident.investigator(), &right, &wrong)
        .assert_status(200)
        .json();
    assert_eq!(told["messages"], json!({ "exhibit": 5, "against": 5 }));
    assert_eq!(
        told["numbers"],
        json!({ "new": 1, "gone": 1, "unchanged": 3 })
    );
    assert_eq!(told["newly_exposed"], 1);
    assert_eq!(
        told["accounts"][1],
        json!({ "account": "two", "messages": { "exhibit": 1, "against": 2 },
                "numbers": { "new": 0, "gone": 1, "unchanged": 1 } })
    );
    let key = age::x25519::Identity::generate().to_public().to_string();
    let filter = json!({ "account": ["one"], "newly_exposed_in": right });
    let export = incident.approved_export(&body::export("account-notice", &filter, &key));
    let seen = incident
        .lead()
        .get(&format!("/exports/{export}"))
        .assert_status(200)
        .json();
    assert_eq!(
        (&seen["messages"], &seen["numbers"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(seen["filter"], filter);
    incident
        .custodian()
        .get(&format!("/exports/{export}/package"))
        .assert_status(200);
    // Exposed first by what was withdrawn, and still in the case.
    let first = json!({ "newly_exposed_in": wrong });
    assert_eq!(
        subjects(&incident, &first),
        subjects_of(&incident, &[1, 2, 3])
    );
}

#[test]
fn a_custodian_gets_no_difference_and_no_count_of_the_case() {
    let incident = incident();
    let first = incident.first_exhibit();
    let late = admit(&incident, &csv(&[("one", 10, 3)]));
    for (one, other) in [(&late, &first), (&first, &late)] {
        difference(&incident, &incident.custodian(), one, other).assert_problem(403, "not-allowed");
    }
    let case = |client: Client| client.get(&incident.of_case("")).assert_status(200).json();
    let (own, leads) = (case(incident.custodian()), case(incident.lead()));
    assert_eq!(own["exhibits"], 2);
    let cases = incident.custodian().get("/cases").assert_status(200).json();
    // To a lead a sum over several exhibits would be a difference for nothing.
    for told in [&own, &cases["cases"][0], &leads] {
        assert!(told.get("numbers").is_none(), "{told}");
    }
    // Of its own files.
    assert_eq!(own["quarantined"], 0);
}

#[test]
fn a_difference_is_the_teams_and_names_two_exhibits_of_the_case() {
    let incident = incident();
    let first = incident.first_exhibit();
    let other = admit(&incident, &csv(&[("one", 9, 9)]));
    for client in [incident.investigator(), incident.lead()] {
        difference(&incident, &client, &other, &first).assert_status(200);
    }
    for client in [incident.custodian(), incident.liaison()] {
        difference(&incident, &client, &other, &first).assert_problem(403, "not-allowed");
    }
    for client in [
        incident.outsider(),
        incident.auditor(),
        incident.administrator(),
    ] {
        difference(&incident, &client, &other, &first).assert_problem(404, "not-found");
    }
    let lead = incident.lead();
    let unknown = "x_00000000000000000000";
    difference(&incident, &lead, unknown, &first).assert_problem(404, "not-found");
    for against in [other.as_str(), unknown, "no-id", ""] {
        let answer = difference(&incident, &lead, &other, against).assert_problem(422, "invalid");
        assert_eq!(answer.json()["at"], "against");
    }
    let path = incident.of_case(&format!("/exhibits/{other}/difference"));
    for query in [
        "",
        "?",
        "?against=a&against=b",
        "?number=%2B447700900123",
        "?against=%zz",
    ] {
        let answer = lead
            .get(&format!("{path}{query}"))
            .assert_problem(400, "malformed-query");
        assert!(!answer.text().contains("7700"), "{}", answer.text());
        let leaf = incident.leaf(answer.leaf().unwrap());
        assert_eq!(leaf["action"], "exhibit.difference");
    }
}

#[test]
fn a_filter_on_what_is_new_names_an_exhibit_of_the_case_and_is_not_for_a_liaison() {
    let incident = incident();
    let late = admit(&incident, &csv(&[("one", 9, 9)]));
    let scope = |client: &Client, exhibit: &str, audience: &str| {
        let filter = json!({ "newly_exposed_in": exhibit });
        let body = json!({ "by": ["country"], "filter": filter, "audience": audience });
        client.post(&incident.of_case("/scope"), &body)
    };
    scope(&incident.lead(), &late, "team").assert_status(200);
    scope(&incident.lead(), &late, "protected").assert_problem(422, "invalid");
    // The same answer, whether the exhibit is there or not.
    let there = scope(&incident.liaison(), &late, "team").assert_problem(422, "invalid");
    let absent = scope(&incident.liaison(), "x_00000000000000000000", "team");
    assert_eq!(there.comparable(), absent.comparable());
    let unknown = scope(&incident.lead(), "x_00000000000000000000", "team");
    assert_eq!(
        unknown.assert_problem(422, "invalid").json()["at"],
        "filter.newly_exposed_in"
    );
    let malformed = scope(&incident.lead(), "+447700900123", "team").assert_problem(422, "invalid");
    assert!(!malformed.text().contains("7700900"));
    let key = age::x25519::Identity::generate().to_public().to_string();
    let notice = body::export("account-notice", &json!({ "newly_exposed_in": late }), &key);
    incident
        .liaison()
        .post(&incident.of_case("/exports"), &notice)
        .assert_problem(422, "invalid");
}

#[test]
fn a_filter_by_what_is_new_costs_a_difference_wherever_it_is_accepted() {
    let incident = incident();
    let late = admit(&incident, &csv(&[("one", 1, 5), ("one", 6, 5)]));
    let investigator = incident.investigator();
    let left = || {
        let case = investigator.get("/me").assert_status(200).json()["cases"][0].clone();
        ["lookup_budget", "view_budget"].map(|name| case[name].as_u64().unwrap())
    };
    let newly = json!({ "newly_exposed_in": late });
    let table = json!({ "by": ["account"], "filter": newly, "audience": "team" });
    let mut page = body::search(&newly);
    page["limit"] = json!(1);
    let one = incident.subject(&number(6));
    let mut timeline = body::search(&json!({ "newly_exposed_in": late, "subject": [one] }));
    timeline["order"] = json!("time");
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let export = body::export("evidence", &newly, key);
    for (rest, asked, status, price) in [
        ("/scope", table, 200, 100),
        ("/records/search", page, 200, 100),
        ("/records/search", timeline, 200, 100),
        ("/exports", export, 201, 110),
    ] {
        let before = left();
        let answer = investigator.post(&incident.of_case(rest), &asked);
        answer.assert_status(status);
        let after = left();
        assert_eq!(before[0] - after[0], price, "{rest}");
        assert_eq!(before[1], after[1], "{rest}");
    }
    // By the request alone: an exhibit that has nothing new costs the same.
    let none = admit(&incident, &csv(&[("one", 1, 7)]));
    let table = json!({ "filter": { "newly_exposed_in": none }, "audience": "team" });
    let before = left();
    let answer = investigator.post(&incident.of_case("/scope"), &table);
    answer.assert_status(200);
    assert_eq!(before[0] - left()[0], 100);
}
