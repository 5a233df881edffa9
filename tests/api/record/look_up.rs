//! Is this number exposed?

use serde_json::{Value, json};

use crate::support::{Client, Incident, Log, Who, body, csv_of, csv_of_places, shared};

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
fn spellings_that_people_report_are_answered_as_they_should_be() {
    let base = include_bytes!("../../cases/lookup-base.csv");
    let incident = Incident::with("", Log::read_short(base.to_vec()));
    let investigator = incident.investigator();
    let cases = include_str!("../../cases/lookups.tsv");
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let mut body = body::look_up(&[&unescaped(cells[1])]);
        if !cells[2].is_empty() {
            body["region"] = json!(cells[2]);
        }
        let answer = investigator.post(&incident.of_case("/lookups"), &body);
        let result = &answer.assert_status(200).json()["results"][0];
        let state = result["state"].as_str().unwrap();
        assert!(
            cells[3].split('|').any(|one| one == state),
            "{line}: {state}"
        );
        assert_eq!(result.get("why").is_some(), state == "unreadable", "{line}");
    }
}

/// `\t`, `\xad` and `\u200b` as the characters they stand for.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = match &part[..1] {
            "t" => ("09", &part[1..]),
            "x" => part[1..].split_at(2),
            "u" => part[1..].split_at(4),
            other => panic!("\\{other}"),
        };
        plain.extend(char::from_u32(u32::from_str_radix(code, 16).unwrap()));
        plain += rest;
    }
    plain
}

#[test]
fn an_unreadable_text_has_a_why() {
    let incident = Incident::with("", two_accounts());
    let numbers = [
        ("", "no-number"),
        ("+44 7700 900001 (mobile)", "no-number"),
        ("+447700900001 +447700900002", "several-numbers"),
        ("+44770090****", "masked"),
        ("4.477E+11", "damaged"),
        ("07700900001", "needs-region"),
        ("+44123", "too-short"),
        ("+1202555012345", "too-long"),
        ("+99912345678", "not-assigned"),
    ];
    let asked = numbers.map(|(text, _)| text);
    let answer = incident.look_up(&incident.investigator(), &asked);
    let json = answer.assert_status(200).json();
    for ((text, why), result) in numbers.iter().zip(json["results"].as_array().unwrap()) {
        assert_eq!(result["state"], "unreadable", "{text}");
        assert_eq!(result["why"], *why, "{text}");
        assert!(result.get("subject").is_none());
    }
    let mut body = body::look_up(&["07700900001", "2025550123456"]);
    body["region"] = json!("US");
    let answer = incident
        .investigator()
        .post(&incident.of_case("/lookups"), &body);
    let json = answer.assert_status(200).json();
    assert_eq!(json["results"][0]["why"], "not-in-region", "{json}");
    assert_eq!(json["results"][1]["why"], "not-in-region", "{json}");
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
fn a_number_costs_one_point_whatever_the_answer_and_however_often_it_is_asked_at_once() {
    let config = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 60\n";
    let incident = Incident::with(config, two_accounts());
    let investigator = incident.investigator();
    let left = || investigator.get("/me").json()["cases"][0]["lookup_budget"].clone();
    assert_eq!(left(), 10);
    let ask = |numbers: &[&str]| incident.look_up(&investigator, numbers);
    // Found, not found, found again, unreadable: two numbers.
    let asked = ["+447700900001", "+447700900009", "+44 7700 900001", "x"];
    ask(&asked).assert_status(200);
    assert_eq!(left(), 8);
    let absent = ["+447700900011", "+447700900013", "+447700900015"];
    ask(&absent).assert_status(200);
    ask(&["+447700900002", "+447700900003"]).assert_status(200);
    assert_eq!(left(), 3);
    let leaves = incident.leaves();
    let four = [
        "+447700900001",
        "+447700900002",
        "+447700900021",
        "+447700900023",
    ];
    let spent = ask(&four);
    assert_eq!(incident.leaves(), leaves + 1);
    assert_eq!(spent.header("retry-after"), Some("60"));
    let leaf = incident.leaf(spent.leaf().unwrap());
    assert_eq!(leaf["outcome"], "denied");
    assert_eq!(leaf["kind"], "budget-spent");
    assert!(leaf.get("subjects").is_none() && leaf.get("rows").is_none());
    let spent = spent.assert_problem(429, "budget-spent");
    assert!(spent.json().get("results").is_none(), "no partial answer");
    assert_eq!(
        (&spent.json()["costs"], &spent.json()["left"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(left(), 3, "what was refused costs nothing");
    incident.look_up(&incident.lead(), &four).assert_status(200);
    incident.clock.advance_seconds(60);
    ask(&four).assert_status(200);
    let many: Vec<String> = (10..21).map(|no| format!("+4477009001{no}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let over = ask(&many).assert_problem(422, "over-budget").json();
    assert_eq!((&over["costs"], &over["left"]), (&json!(11), &json!(0)));
}

#[test]
fn a_month_holds_two_thousand_points_whatever_comes_back() {
    let config = "[budgets]\nlookup_points = 10\nlookup_points_per_hour = 60\n\
        lookup_points_per_month = 25\n";
    let incident = Incident::with(config, two_accounts());
    let ask = |from: u32, to: u32| {
        let numbers: Vec<String> = (from..to).map(|no| format!("+4477009{no:05}")).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        incident.look_up(&incident.investigator(), &numbers)
    };
    ask(0, 10).assert_status(200);
    incident.clock.advance_seconds(3600);
    ask(10, 20).assert_status(200);
    incident.clock.advance_seconds(3600);
    let spent = ask(20, 30).assert_problem(429, "budget-spent");
    let wait: i64 = spent.header("retry-after").unwrap().parse().unwrap();
    assert!(wait > 29 * 86_400, "{wait}");
    ask(20, 25).assert_status(200);
}

#[test]
fn two_calls_at_once_do_not_spend_the_same_points() {
    let config = "[budgets]\nlookup_points = 12\nlookup_points_per_hour = 1\n";
    let incident = Incident::with(config, two_accounts());
    let investigator = incident.investigator();
    let done = std::thread::scope(|threads| {
        let ask = |no: u32| {
            let (incident, investigator) = (&incident, investigator.clone());
            threads.spawn(move || {
                let number = format!("+44770090{no:04}");
                incident.look_up(&investigator, &[&number]).status == 200
            })
        };
        let asked: Vec<_> = (0..40).map(ask).collect();
        let ended = asked.into_iter().map(|one| one.join().unwrap());
        ended.filter(|done| *done).count()
    });
    // A call may be refused for points that another holds for a moment, and may then be repeated.
    assert!((1..=12).contains(&done), "{done}");
    let left = investigator.get("/me").json()["cases"][0]["lookup_budget"].clone();
    assert_eq!(left, 12 - done);
}

#[test]
fn a_case_that_was_asked_too_much_raises_an_alarm_and_slows_everybody_but_liaisons() {
    let config = "[budgets]\ncase_points_per_month = 20\nslowed_points_per_day = 2\n";
    let incident = Incident::with(config, two_accounts());
    let ask = |client: &Client, from: u32, to: u32| {
        let numbers: Vec<String> = (from..to)
            .map(|no| format!("+4477009{:05}", no * 37))
            .collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        incident.look_up(client, &numbers)
    };
    let (investigator, lead) = (incident.investigator(), incident.lead());
    ask(&investigator, 0, 12).assert_status(200);
    let over = ask(&lead, 0, 12).assert_status(200);
    assert_eq!(incident.leaf(over.leaf().unwrap())["alarm"], "case-budget");
    for client in [&investigator, &lead] {
        ask(client, 12, 13).assert_problem(429, "budget-spent");
    }
    ask(&incident.second_lead(), 0, 2).assert_status(200);
    ask(&incident.liaison(), 0, 12).assert_status(200);
    incident.clock.advance_seconds(86_400);
    incident.forget_sessions();
    ask(&incident.investigator(), 12, 14).assert_status(200);
    ask(&incident.investigator(), 14, 15).assert_problem(429, "budget-spent");
}

#[test]
fn questions_raise_alarms_in_the_leaf_and_answers_never() {
    let incident = Incident::with("", two_accounts());
    let investigator = incident.investigator();
    let alarm = |numbers: &[&str]| {
        let answer = incident.look_up(&investigator, numbers).assert_status(200);
        incident.leaf(answer.leaf().unwrap())["alarm"].clone()
    };
    assert_eq!(alarm(&["+447700900301"]), "first-use");
    let scattered = ["+447700900101", "+447700900307", "+447700900555"];
    assert_eq!(alarm(&scattered), Value::Null);
    let alarms: Vec<Value> = (20..35)
        .map(|last| alarm(&[&format!("+4477009000{last}")]))
        .collect();
    assert_eq!(alarms[0], Value::Null);
    assert_eq!(alarms[14], "consecutive-numbers");
    let sampled: Vec<String> = (0..25)
        .map(|no| format!("+1202555{:04}", no * 137))
        .collect();
    let sampled: Vec<&str> = sampled.iter().map(String::as_str).collect();
    assert_eq!(alarm(&sampled), "sampled-range");
    // It is nine in the morning.
    incident.clock.advance_seconds(12 * 3600);
    incident.forget_sessions();
    let answer = incident.look_up(&incident.investigator(), &["+33123456789"]);
    let leaf = incident.leaf(answer.leaf().unwrap());
    assert_eq!(leaf["alarm"], "off-hours");
}

#[test]
fn ten_refusals_in_an_hour_freeze_until_another_lead_thaws_or_a_day_has_passed() {
    let config = "[budgets]\nlookup_points = 1\nlookup_points_per_hour = 3600\n";
    let incident = Incident::with(config, two_accounts());
    let ask = || incident.look_up(&incident.lead(), &["+447700900001"]);
    let spend_and_be_refused = || {
        ask().assert_status(200);
        for _ in 0..5 {
            let refused = ask();
            if refused.problem() == "lookups-frozen" {
                return refused;
            }
            refused.assert_problem(429, "budget-spent");
        }
        incident.clock.advance_seconds(2);
        ask()
    };
    for _ in 0..9 {
        assert_eq!(spend_and_be_refused().status, 200);
        incident.clock.advance_seconds(2);
    }
    let frozen = spend_and_be_refused().assert_problem(429, "lookups-frozen");
    assert_eq!(frozen.header("retry-after"), Some("86400"));
    let leaf = incident.leaf(frozen.leaf().unwrap());
    assert_eq!(leaf["alarm"], "repeated-refusals");
    incident.clock.advance_seconds(60);
    ask().assert_problem(429, "lookups-frozen");
    let me = incident.lead().get("/me").json();
    assert!(me["cases"][0]["frozen_until"].is_string());
    assert_eq!(me["cases"][0]["lookup_budget"], 0);
    incident.clock.advance_seconds(86_400);
    incident.forget_sessions();
    ask().assert_status(200);
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
        ("+390612345678", "+390612345678"),
        ("+39 06 1234 5679", "+390612345679"),
        ("+14165550142", "+14165550142"),
        ("+12423456789", "+12423456789"),
        ("+447700900123", "+447700900123"),
        ("+441632960123", "+441632960123"),
        ("(202) 555-0142", "+12025550142"),
    ];
    let cells = written.iter().map(|(cell, _)| *cell);
    // Digits that begin with the calling code of another country are read in none.
    let cells = cells.chain(["8613123456780"]);
    let rows: Vec<_> = cells.map(|cell| ["two", cell, "", ""]).collect();
    let path = incident.of_case("/exhibits?region=US");
    let admitted = incident.custodian().upload(&path, &csv_of_places(&rows));
    let report = admitted.assert_status(201).json();
    assert_eq!(report["admitted"], written.len());
    assert_eq!(report["quarantined"], 1);
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
        "+8613123456780",
    ] {
        assert_ne!(state(other), "exposed", "{other}");
    }
}

#[test]
fn an_answer_says_what_it_rests_on_to_each_as_far_as_it_may_know() {
    let mut csv = two_accounts().csv;
    csv.extend_from_slice(b"one,not a number,,,,2024-03-10T12:00:00Z,sms\n");
    csv.extend_from_slice(b"two,1.20255E+10,,,,2024-03-10T12:00:00Z,sms\n");
    csv.extend_from_slice(b",nobody,,,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(csv));
    let basis = |client: &Client| {
        let answer = incident
            .look_up(client, &["+447700900099"])
            .assert_status(200);
        let json = answer.json();
        assert_eq!(json["results"][0]["state"], "not_exposed");
        json["basis"].clone()
    };
    let span = json!({ "first": AT, "last": AT });
    let team = json!({ "exhibits": 1, "records": 5, "span": span, "quarantined": 3 });
    assert_eq!(basis(&incident.investigator()), team);
    assert_eq!(basis(&incident.lead()), team);
    // Of its own account: nothing of others, and nothing of rows that name no account.
    let own = json!({ "exhibits": 1, "records": 3, "span": span, "quarantined": 1,
        "account_in_log": true });
    assert_eq!(basis(&incident.liaison()), own);
    // The same in a table, whatever its filter keeps.
    let body = json!({ "audience": "team", "filter": { "kind": ["voice"] } });
    let path = incident.of_case("/scope");
    let told = incident
        .liaison()
        .post(&path, &body)
        .assert_status(200)
        .json();
    for (name, value) in own.as_object().unwrap() {
        assert_eq!(&told["basis"][name], value, "{name}");
    }
    assert!(told["basis"].get("exhibit_ids").is_none());
    let told = incident.lead().post(&path, &body).assert_status(200).json();
    assert_eq!(told["basis"]["quarantined"], 3);
    let ids = told["basis"]["exhibit_ids"].as_array().unwrap();
    assert_eq!(ids, &[json!(incident.first_exhibit())]);
}

#[test]
fn a_case_where_nothing_counts_refuses_and_charges_nothing() {
    let config = "[budgets]\nlookup_points = 110\nlookup_points_per_hour = 60\n";
    let incident = Incident::with(config, two_accounts());
    let other = incident.open_case();
    incident.name_member(&other, Who::Investigator, "investigator", None);
    incident.name_member(&other, Who::Liaison, "liaison", Some("one"));
    let path = format!("/cases/{other}/lookups");
    let body = body::look_up(&["+447700900001"]);
    for _ in 0..12 {
        let refused = incident.investigator().post(&path, &body);
        let leaf = incident.leaf(refused.leaf().unwrap());
        assert_eq!(leaf["kind"], "nothing-admitted");
        assert!(leaf.get("alarm").is_none());
        refused.assert_problem(409, "nothing-admitted");
    }
    let left = incident.investigator().get("/me").json()["cases"].clone();
    let left = left
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["lookup_budget"].clone());
    assert_eq!(left.collect::<Vec<_>>(), [110, 110]);
    // Nor is a liaison answered, whatever its account is: an answer would be `not_exposed`.
    let told = |client: &Client, path: &str| {
        let refused = client.post(path, &body);
        let mut told = refused.assert_problem(409, "nothing-admitted").json();
        for member in ["leaf", "request_id"] {
            told.as_object_mut().unwrap().remove(member);
        }
        told
    };
    let empty = told(&incident.liaison(), &path);
    assert_eq!(told(&incident.lead(), &path), empty);
    // After the withdrawal of all exhibits the same holds, also for an account that one of them had.
    incident.withdraw(&incident.first_exhibit());
    let path = incident.of_case("/lookups");
    assert_eq!(told(&incident.investigator(), &path), empty);
    assert_eq!(told(&incident.liaison(), &path), empty);
}
