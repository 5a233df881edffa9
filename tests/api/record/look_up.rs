//! Is this number exposed?

use serde_json::{Value, json};

use crate::support::{Incident, Log, body, csv_of, shared};

const AT: &str = "2024-03-10T12:00:00Z";

/// Two accounts; the liaison is bound to `one`, which has the most messages.
fn two_accounts() -> Log {
    Log::read_short(csv_of(&[
        ("one", "+447700900001", AT),
        ("one", "+447700900002", AT),
        ("one", "+447700900003", AT),
        ("two", "+447700900004", AT),
        ("two", "+12025550123", AT),
    ]))
}

#[test]
fn a_number_is_found_in_whatever_way_it_is_written() {
    let incident = Incident::with("", two_accounts());
    let investigator = incident.investigator();
    let numbers = [
        "+447700900001",
        "+44 7700 900001",
        "0044 7700 900 001",
        "07700 900001",
        "(07700) 900-001",
        "tel:+44-7700-900001",
        "+1 (202) 555-0123",
        "+447700900009",
        "not a number",
        "",
    ];
    let mut body = body::look_up(&numbers);
    body["region"] = json!("GB");
    let answer = investigator.post(&incident.of_case("/lookups"), &body);
    let answer = answer.assert_status(200);
    let json = answer.json();
    let results = json["results"].as_array().unwrap();
    assert_eq!(results.len(), numbers.len());
    for (at, result) in results.iter().enumerate() {
        assert_eq!(result["ref"], at);
        let state = match at {
            0..=6 => "exposed",
            7 => "not_exposed",
            _ => "unreadable",
        };
        assert_eq!(result["state"], state, "{at}");
    }
    let first = &results[0];
    assert_eq!(first["messages"], 1);
    assert_eq!(first["first"], AT);
    assert_eq!(first["last"], AT);
    assert_eq!(first["kinds"], json!(["sms"]));
    for same in &results[1..6] {
        assert_eq!(same["subject"], first["subject"]);
    }
    assert_ne!(results[6]["subject"], first["subject"]);
    assert!(
        !answer.text().contains("7700"),
        "an answer repeats no number"
    );
}

#[test]
fn counts_and_times_are_those_of_the_log() {
    let incident = shared();
    let mut numbers: Vec<&str> = incident.log.numbers_of(|_| true).into_iter().collect();
    numbers.truncate(200);
    let answer = incident.look_up(&incident.investigator(), &numbers);
    let json = answer.assert_status(200).json();
    for (number, result) in numbers.iter().zip(json["results"].as_array().unwrap()) {
        let of_it = |message: &crate::support::Message| message.number == *number;
        assert_eq!(result["messages"], incident.log.count(of_it));
        let all = incident.log.messages.iter().filter(|m| of_it(m));
        let mut times: Vec<&str> = all.map(|m| m.sent_at.as_str()).collect();
        times.sort_unstable();
        assert_eq!(result["first"], times[0]);
        assert_eq!(result["last"], times[times.len() - 1]);
    }
}

#[test]
fn too_many_or_no_numbers_are_refused() {
    let incident = shared();
    let investigator = incident.investigator();
    let none = incident.look_up(&investigator, &[]);
    none.assert_problem(422, "invalid");
    let many = vec!["+447700900001"; 1001];
    let many = incident.look_up(&investigator, &many);
    assert_eq!(many.json()["at"], "numbers");
    many.assert_problem(422, "invalid");
}

#[test]
fn a_budget_is_spent_whole_and_comes_back_with_time() {
    let config = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 60\n";
    let incident = Incident::with(config, two_accounts());
    let investigator = incident.investigator();
    let left = || investigator.get("/me").json()["cases"][0]["lookup_budget"].clone();
    assert_eq!(left(), 10);
    // Two found, one not: four points.
    incident
        .look_up(
            &investigator,
            &["+447700900001", "+447700900002", "+447700900009"],
        )
        .assert_status(200);
    assert_eq!(left(), 6);
    // Four that nobody has cost eight.
    let absent = [
        "+447700900011",
        "+447700900013",
        "+447700900015",
        "+447700900017",
    ];
    let leaves = incident.leaves();
    let spent = incident.look_up(&investigator, &absent);
    assert_eq!(incident.leaves(), leaves + 1);
    let wait: i64 = spent.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    let leaf = incident.leaf(spent.leaf().unwrap());
    assert_eq!(leaf["outcome"], "denied");
    assert_eq!(leaf["kind"], "budget-spent");
    let spent = spent.assert_problem(429, "budget-spent");
    assert!(spent.json().get("results").is_none(), "no partial answer");
    assert_eq!(left(), 6, "what was refused costs nothing");
    incident
        .look_up(&incident.lead(), &absent)
        .assert_status(200);
    incident.clock.advance_seconds(wait);
    incident.look_up(&investigator, &absent).assert_status(200);
}

#[test]
fn number_after_number_raises_an_alarm_in_the_leaf() {
    let incident = Incident::with("", two_accounts());
    let investigator = incident.investigator();
    let mut alarms = Vec::new();
    for last in 20..35 {
        let number = format!("+4477009000{last}");
        let answer = incident
            .look_up(&investigator, &[&number])
            .assert_status(200);
        alarms.push(incident.leaf(answer.leaf().unwrap())["alarm"].clone());
    }
    assert_eq!(alarms[0], Value::Null);
    assert_eq!(alarms[14], "consecutive-numbers");
    let scattered = ["+447700900101", "+447700900307", "+447700900555"];
    let answer = incident.look_up(&incident.lead(), &scattered);
    let leaf = incident.leaf(answer.leaf().unwrap());
    assert_eq!(leaf["alarm"], Value::Null);
}

#[test]
fn to_a_liaison_anothers_number_looks_like_one_that_nobody_has() {
    let incident = Incident::with("", two_accounts());
    let liaison = incident.liaison();
    let own = incident
        .look_up(&liaison, &["+447700900001"])
        .assert_status(200);
    assert_eq!(own.json()["results"][0]["state"], "exposed");
    let others = incident
        .look_up(&liaison, &["+447700900004"])
        .assert_status(200);
    let absent = incident
        .look_up(&liaison, &["+447700900099"])
        .assert_status(200);
    assert_eq!(others.comparable(), absent.comparable());
    assert_eq!(others.body, absent.body);
    let budget = || liaison.get("/me").json()["cases"][0]["lookup_budget"].clone();
    let before = budget().as_u64().unwrap();
    incident
        .look_up(&liaison, &["+12025550123"])
        .assert_status(200);
    let between = budget().as_u64().unwrap();
    incident
        .look_up(&liaison, &["+12025550199"])
        .assert_status(200);
    assert_eq!(before - between, between - budget().as_u64().unwrap());
}

#[test]
fn a_liaison_learns_nothing_of_what_others_hold() {
    let incident = Incident::with("", two_accounts());
    let liaison = incident.liaison();
    let case = liaison.get(&incident.of_case("")).assert_status(200).json();
    assert!(case.get("numbers").is_none() && case.get("exhibits").is_none());
    let scope = liaison.post(
        &incident.of_case("/scope"),
        &json!({ "by": ["account"], "audience": "team" }),
    );
    let json = scope.assert_status(200).json();
    assert_eq!(json["totals"], json!({ "messages": 3, "numbers": 3 }));
    assert_eq!(json["rows"].as_array().unwrap().len(), 1);
    // Asking for the other account gives what an account that is not there gives.
    let of = |name: &str| {
        let body = json!({ "by": [], "filter": { "account": [name] }, "audience": "team" });
        liaison.post(&incident.of_case("/scope"), &body)
    };
    assert_eq!(of("two").comparable(), of("three").comparable());
}

#[test]
fn what_is_asked_is_never_said_back() {
    let incident = shared();
    let investigator = incident.investigator();
    let path = incident.of_case("/lookups");
    for text in [
        r#"{"numbers":"+447700900123","purpose":"victim-inquiry","reason":"a reason of the tests"}"#,
        r#"{"numbers":["+447700900123"],"purpose":"+447700900123","reason":"a reason of the tests"}"#,
        r#"{"numbers":["+447700900123"],"purpose":"victim-inquiry","reason":"447700900"}"#,
        r#"{"numbers":["+447700900123"],"+447700900123":1}"#,
        r#"{"numbers":[447700900123],"purpose":"victim-inquiry","reason":"a reason of the tests"}"#,
        r#"{"numbers":["1"],"region":"+447700900123","purpose":"victim-inquiry","reason":"a reason of the tests"}"#,
        r#"{"numbers":["+447700900123"#,
        "+447700900123",
    ] {
        let answer = investigator.post_text(&path, text);
        assert!([400, 422].contains(&answer.status), "{text}");
        assert!(!answer.text().contains("7700900"), "{}", answer.text());
        assert!(answer.leaf().is_some());
    }
}

#[test]
fn a_declared_region_turns_no_number_into_another() {
    let incident = Incident::with("", two_accounts());
    // As written in the log, and the number that is meant.
    let written = [
        ("+4915123456789", "+4915123456789"),
        ("+8613123456789", "+8613123456789"),
        ("8613123456780", "+8613123456780"),
        ("+390612345678", "+390612345678"),
        ("+39 06 1234 5679", "+390612345679"),
        ("+14165550142", "+14165550142"),
        ("+12423456789", "+12423456789"),
        ("+447700900123", "+447700900123"),
        ("+441632960123", "+441632960123"),
        ("(202) 555-0142", "+12025550142"),
    ];
    let rows: Vec<_> = written.iter().map(|(cell, _)| ("two", *cell, AT)).collect();
    let path = incident.of_case("/exhibits?region=US");
    let admitted = incident.custodian().upload(&path, &csv_of(&rows));
    let report = admitted.assert_status(201).json();
    assert_eq!(report["admitted"], rows.len());
    assert_eq!(report["quarantined"], 0);
    let state = |number: &str| {
        let answer = incident.look_up(&incident.investigator(), &[number]);
        let json = answer.assert_status(200).json();
        json["results"][0]["state"].as_str().unwrap().to_owned()
    };
    for (_, meant) in written {
        assert_eq!(state(meant), "exposed", "{meant}");
    }
    // What a reader that strips `1` or `0` would have made of them.
    for other in [
        "+495123456789",
        "+863123456789",
        "+39612345678",
        "+4165550142",
        "+8613123456789000",
    ] {
        assert_ne!(state(other), "exposed", "{other}");
    }
}
