//! Counts, exact for the team and rounded for others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use breachvault::domain::area_code;
use serde_json::{Value, json};

use crate::support::{
    Client, Incident, Log, Message, Who, csv_of, csv_of_places, fresh_csv, invented, shared,
};

fn table(body: &Value) -> Value {
    let incident = shared();
    let answer = incident
        .investigator()
        .post(&incident.of_case("/scope"), body);
    answer.assert_status(200).json()
}

fn value(message: &Message, by: &str) -> String {
    match by {
        "country" => message.country.clone(),
        "state" => message.state.clone(),
        "carrier" => message.carrier.clone(),
        "kind" => message.kind.clone(),
        "account" => message.account.clone(),
        "channel" => message.channel.clone(),
        "day" => message.sent_at[..10].to_owned(),
        "hour" => message.sent_at[11..13].to_owned(),
        other => panic!("{other}"),
    }
}

/// The same table, counted from the CSV.
fn recount(log: &Log, by: &[&str]) -> BTreeMap<Vec<String>, (u64, u64)> {
    let mut cells: BTreeMap<Vec<String>, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for message in &log.messages {
        let key = by.iter().map(|by| value(message, by)).collect();
        let cell = cells.entry(key).or_default();
        cell.0 += 1;
        cell.1.insert(&message.number);
    }
    let count = |(messages, numbers): (u64, BTreeSet<&str>)| (messages, numbers.len() as u64);
    cells
        .into_iter()
        .map(|(key, cell)| (key, count(cell)))
        .collect()
}

#[test]
fn a_team_table_equals_a_recount_of_the_log() {
    let log = &shared().log;
    for by in [
        vec![],
        vec!["country"],
        vec!["state"],
        vec!["carrier"],
        vec!["kind"],
        vec!["account"],
        vec!["channel"],
        vec!["day"],
        vec!["hour"],
        vec!["country", "state"],
        vec!["country", "kind", "day"],
    ] {
        let table = table(&json!({ "by": by, "filter": {}, "audience": "team" }));
        let told: BTreeMap<Vec<String>, (u64, u64)> = table["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let key = by.iter().map(|by| row[by].as_str().unwrap().to_owned());
                let count = |name: &str| row[name].as_u64().unwrap();
                (key.collect(), (count("messages"), count("numbers")))
            })
            .collect();
        assert_eq!(told, recount(log, &by), "{by:?}");
        assert_eq!(table["totals"]["messages"], log.messages.len());
        assert_eq!(table["totals"]["numbers"], log.numbers_of(|_| true).len());
    }
}

#[test]
fn charts_are_the_tables_by_one_dimension_each_from_one_question() {
    let log = &shared().log;
    let all = [
        "day", "hour", "country", "state", "carrier", "kind", "account", "channel",
    ];
    for filter in [
        json!({}),
        json!({ "country": ["US"], "sent_to": "2024-03-20T00:00:00Z" }),
    ] {
        let told = table(&json!({ "charts": all, "filter": filter, "audience": "team" }));
        assert_eq!(told["rows"], json!([]));
        let charts = told["charts"].as_array().unwrap();
        assert_eq!(charts.len(), all.len());
        for (by, chart) in all.iter().zip(charts) {
            assert_eq!(chart["by"], *by);
            let alone = table(&json!({ "by": [by], "filter": filter, "audience": "team" }));
            assert_eq!(chart["rows"], alone["rows"], "{by}");
            assert_eq!(told["totals"], alone["totals"], "{by}");
            assert_eq!(told["basis"], alone["basis"], "{by}");
        }
    }
    let told = table(&json!({ "charts": all, "audience": "team", "top": 2 }));
    let carriers = &told["charts"][4];
    assert_eq!(carriers["rows"].as_array().unwrap().len(), 2);
    let shown: u64 = carriers["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["messages"].as_u64().unwrap())
        .sum();
    let rest = carriers["rest"]["messages"].as_u64().unwrap();
    assert_eq!(shown + rest, log.messages.len() as u64);
}

#[test]
fn a_liaison_has_charts_of_its_own_account() {
    let incident = shared();
    let body = json!({ "charts": ["account", "kind"], "audience": "team" });
    let answer = incident.liaison().post(&incident.of_case("/scope"), &body);
    let told = answer.assert_status(200).json();
    let accounts = told["charts"][0]["rows"].as_array().unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["account"], incident.account);
    let own = incident
        .log
        .count(|message| message.account == incident.account);
    let messages = told["charts"][1]["rows"].as_array().unwrap().iter();
    let messages: u64 = messages.map(|row| row["messages"].as_u64().unwrap()).sum();
    assert_eq!(messages, own);
}

/// Asks for tables in a vault whose budget for views covers three of them.
struct Asker {
    incident: Incident,
}

impl Asker {
    fn new() -> Self {
        let toml = "[budgets]\nview_points = 300\nview_points_per_hour = 1\n";
        Self {
            incident: Incident::with(toml, invented(60, 5)),
        }
    }

    fn ask(&self, client: &Client, body: &Value) -> u16 {
        let answer = client.post(&self.incident.of_case("/scope"), body);
        assert!(answer.leaf().is_some());
        if answer.status != 200 {
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (429, "budget-spent")
            );
        }
        answer.status
    }
}

#[test]
fn the_same_question_again_in_a_session_is_free_and_any_other_one_is_paid() {
    let asker = Asker::new();
    let client = asker.incident.investigator();
    let charts = json!({ "charts": ["day", "hour", "country"], "audience": "team" });
    let before = asker.incident.leaves();
    for _ in 0..6 {
        assert_eq!(asker.ask(&client, &charts), 200);
    }
    // Each has its leaf.
    assert_eq!(asker.incident.leaves(), before + 6);
    let with = |member: &str, value: Value| {
        let mut body = charts.clone();
        body[member] = value;
        body
    };
    // A reason, a purpose: two more tables, and all is spent.
    assert_eq!(
        asker.ask(&client, &with("reason", json!("asked by the board"))),
        200
    );
    assert_eq!(asker.ask(&client, &with("purpose", json!("scoping"))), 200);
    for other in [
        with("zone", json!("UTC")),
        with("filter", json!({ "kind": ["sms"] })),
        with("charts", json!(["hour", "day", "country"])),
        json!({ "by": ["day"], "audience": "team" }),
    ] {
        assert_eq!(asker.ask(&client, &other), 429, "{other}");
    }
    assert_eq!(asker.ask(&client, &charts), 200, "it was paid once");
    // Another session of the same operator has not asked it.
    let session = asker.incident.new_session(Who::Investigator);
    assert_eq!(asker.ask(&session, &charts), 429);
    assert_eq!(asker.ask(&client, &charts), 200);
}

#[test]
fn a_question_is_paid_again_once_the_case_has_other_exhibits() {
    let asker = Asker::new();
    let client = asker.incident.investigator();
    let body = json!({ "by": ["country"], "audience": "team" });
    let protected = json!({ "by": ["day"], "audience": "protected" });
    assert_eq!(asker.ask(&client, &body), 200);
    assert_eq!(asker.ask(&client, &protected), 200);
    assert_eq!(asker.ask(&client, &protected), 200);
    let exhibit = asker.incident.admit(&fresh_csv()).assert_status(201);
    assert_eq!(asker.ask(&client, &body), 200, "the third that is paid");
    assert_eq!(asker.ask(&client, &body), 200, "it is free again");
    asker.incident.withdraw(&exhibit.member("exhibit"));
    // The case has the exhibits of the first question, which was paid.
    assert_eq!(asker.ask(&client, &body), 200);
    asker.incident.admit(&fresh_csv()).assert_status(201);
    assert_eq!(asker.ask(&client, &body), 429);
}

#[test]
fn a_liaison_pays_each_time_so_that_a_price_tells_nothing_of_others() {
    let asker = Asker::new();
    let liaison = asker.incident.liaison();
    let body = json!({ "by": ["kind"], "audience": "team" });
    for _ in 0..3 {
        assert_eq!(asker.ask(&liaison, &body), 200);
    }
    assert_eq!(asker.ask(&liaison, &body), 429);
}

#[test]
fn of_several_at_once_each_is_paid_until_one_was_answered() {
    let asker = Asker::new();
    let client = asker.incident.investigator();
    let body = json!({ "charts": ["kind"], "audience": "team" });
    let answered = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                if asker.ask(&client, &body) == 200 {
                    *answered.lock().unwrap() += 1;
                }
            });
        }
    });
    assert!(*answered.lock().unwrap() >= 1);
    assert_eq!(asker.ask(&client, &body), 200);
    // Nothing was given for less than one price: two others at most are left.
    let others = ["day", "hour", "country"].map(|by| {
        let other = json!({ "by": [by], "audience": "team" });
        asker.ask(&client, &other)
    });
    assert!(others.contains(&429), "{others:?}");
}

#[test]
fn a_comparison_of_exhibits_is_paid_each_time() {
    let toml = "[budgets]\nlookup_points = 200\nlookup_points_per_hour = 1\n";
    let asker = Asker {
        incident: Incident::with(toml, invented(60, 5)),
    };
    let client = asker.incident.investigator();
    let filter = json!({ "newly_exposed_in": asker.incident.first_exhibit() });
    let body = json!({ "by": ["kind"], "filter": filter, "audience": "team" });
    assert_eq!(asker.ask(&client, &body), 200);
    assert_eq!(asker.ask(&client, &body), 200);
    assert_eq!(asker.ask(&client, &body), 429);
}

#[test]
fn a_filtered_table_equals_a_filtered_recount() {
    let log = &shared().log;
    let keep = |m: &Message| m.country == "US" && m.sent_at.as_str() < "2024-03-11";
    let filter = json!({ "country": ["US"], "sent_to": "2024-03-11T00:00:00Z" });
    let table = table(&json!({ "by": ["state"], "filter": filter, "audience": "team" }));
    assert_eq!(table["totals"]["messages"], log.count(keep));
    assert_eq!(table["totals"]["numbers"], log.numbers_of(keep).len());
    let messages: u64 = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["messages"].as_u64().unwrap())
        .sum();
    assert_eq!(messages, log.count(keep));
}

#[test]
fn small_cells_are_marked_for_the_team_and_top_leaves_a_rest() {
    let all = table(&json!({ "by": ["carrier"], "audience": "team" }));
    for row in all["rows"].as_array().unwrap() {
        assert_eq!(row["small"], row["numbers"].as_u64().unwrap() < 8);
    }
    let top = table(&json!({ "by": ["carrier"], "audience": "team", "top": 3 }));
    assert_eq!(top["rows"].as_array().unwrap().len(), 3);
    let shown: u64 = top["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["messages"].as_u64().unwrap())
        .sum();
    assert_eq!(
        shown + top["rest"]["messages"].as_u64().unwrap(),
        shared().log.messages.len() as u64
    );
}

#[test]
fn a_protected_table_rounds_distinct_numbers_and_hides_the_few() {
    let log = &shared().log;
    let table = table(&json!({ "by": ["country"], "audience": "protected" }));
    let counted = recount(log, &["country"]);
    let mut hidden = 0;
    for row in table["rows"].as_array().unwrap() {
        assert!(row.get("messages").is_none(), "messages are not told");
        let key = vec![row["country"].as_str().unwrap().to_owned()];
        let exact = counted[&key].1;
        match row["numbers"].as_u64() {
            None => {
                assert_eq!(row["numbers"], "*");
                assert!((1..=7).contains(&exact), "{exact}");
                hidden += 1;
            }
            Some(shown) => {
                assert!(exact >= 8 && shown % 5 == 0, "{exact} {shown}");
                assert!(shown.abs_diff(exact) <= 2, "{exact} {shown}");
            }
        }
    }
    assert!(hidden > 0, "the log has countries with few numbers");
    assert!(table["totals"].get("messages").is_none());
}

#[test]
fn a_protected_table_takes_one_dimension_and_no_choice_besides() {
    let incident = shared();
    let ask = |body: Value| {
        incident
            .investigator()
            .post(&incident.of_case("/scope"), &body)
    };
    for body in [
        json!({ "by": [], "audience": "protected" }),
        json!({ "by": ["country", "state"], "audience": "protected" }),
        json!({ "by": ["state", "area_state"], "audience": "protected" }),
        json!({ "by": ["account"], "audience": "protected" }),
        json!({ "by": ["hour"], "audience": "protected" }),
        json!({ "by": ["country"], "filter": { "state": ["CA"] }, "audience": "protected" }),
        json!({ "by": ["day"], "zone": "Europe/Berlin", "audience": "protected" }),
        json!({ "by": ["country"], "top": 1, "audience": "protected" }),
        json!({ "charts": ["country"], "audience": "protected" }),
        json!({ "by": ["country"], "charts": ["day"], "audience": "protected" }),
        json!({ "by": ["country"], "charts": ["day"], "audience": "team" }),
        json!({ "charts": ["day", "day"], "audience": "team" }),
        json!({ "by": ["country"], "rule": "own", "audience": "protected" }),
        json!({ "by": ["country"], "rule": "nhs", "audience": "team" }),
        json!({ "by": ["number"], "audience": "team" }),
        json!({ "by": ["country", "country"], "audience": "team" }),
        json!({ "by": ["country"], "audience": "everybody" }),
        json!({ "by": ["day"], "zone": "Mars/Olympus", "audience": "team" }),
    ] {
        assert_eq!(ask(body.clone()).status, 422, "{body}");
    }
    let liaison = incident.liaison();
    let body = json!({ "by": ["country"], "audience": "protected" });
    let answer = liaison.post(&incident.of_case("/scope"), &body);
    answer.assert_problem(422, "invalid");
}

#[test]
fn a_protected_table_that_differs_by_a_few_people_is_not_given() {
    let number = |no: u32| format!("+4477009{no:05}");
    let numbers: Vec<String> = (0..40).map(number).collect();
    let rows: Vec<(&str, &str, &str)> = numbers
        .iter()
        .map(|number| ("one", number.as_str(), "2024-03-10T12:00:00Z"))
        .collect();
    let mut first = csv_of(&rows);
    first.extend_from_slice(b"two,+447700999999,Carrier,GB,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(first));
    let body = json!({ "by": ["country"], "audience": "protected" });
    let ask = |body: &Value| {
        incident
            .investigator()
            .post(&incident.of_case("/scope"), body)
    };
    let given = ask(&body).assert_status(200);
    assert_eq!(given.json()["rows"][0]["numbers"], 40);
    assert_eq!(
        ask(&body).assert_status(200).body,
        given.body,
        "the same again is given"
    );
    let cms = json!({ "by": ["country"], "audience": "protected", "rule": "cms" });
    ask(&cms).assert_problem(409, "cut-too-close");
    let more = csv_of(&[("one", "+447700988888", "2024-03-11T12:00:00Z")]);
    incident.admit(&more).assert_status(201);
    ask(&body).assert_problem(409, "cut-too-close");
    let team = json!({ "by": ["country"], "audience": "team" });
    assert_eq!(ask(&team).json()["totals"]["numbers"], 42);
}

#[test]
fn days_follow_the_zone_that_is_asked_for() {
    let rows = [
        ("one", "+447700900001", "2024-03-09T23:30:00Z"),
        ("one", "+447700900002", "2024-03-31T00:30:00Z"),
        ("two", "+447700900003", "2024-03-31T22:30:00Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    let days = |zone: &str| -> Vec<String> {
        let body = json!({ "by": ["day"], "zone": zone, "audience": "team" });
        let answer = incident.lead().post(&incident.of_case("/scope"), &body);
        let json = answer.assert_status(200).json();
        let rows = json["rows"].as_array().unwrap().iter();
        rows.map(|row| row["day"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(days("UTC"), ["2024-03-09", "2024-03-31"]);
    assert_eq!(
        days("Europe/Berlin"),
        ["2024-03-10", "2024-03-31", "2024-04-01"]
    );
    assert_eq!(
        days("America/New_York"),
        ["2024-03-09", "2024-03-30", "2024-03-31"]
    );
}

/// The rows of a table as value, messages, distinct numbers.
fn cells(incident: &Incident, by: &str, filter: Value) -> Vec<(String, u64, u64)> {
    let body = json!({ "by": [by], "filter": filter, "audience": "team" });
    let answer = incident.lead().post(&incident.of_case("/scope"), &body);
    let table = answer.assert_status(200).json();
    let rows = table["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let count = |name: &str| row[name].as_u64().unwrap();
        let value = row[by].as_str().unwrap().to_owned();
        (value, count("messages"), count("numbers"))
    })
    .collect()
}

fn cell(value: &str, messages: u64, numbers: u64) -> (String, u64, u64) {
    (value.to_owned(), messages, numbers)
}

#[test]
fn the_state_in_the_log_and_the_state_of_the_area_code_are_two_things() {
    let rows = csv_of_places(&[
        // A Texan number whose holder the log has in California.
        ["one", "+12145550142", "US", "California"],
        ["one", "+12145550142", "US", "California"],
        ["one", "+14155550143", "US", "California"],
        ["two", "+14155550144", "US", ""],
        ["two", "+18005550145", "US", "Texas"],
        ["two", "+447700900001", "GB", "Wales"],
    ]);
    let incident = Incident::with("", Log::read_short(rows));
    assert_eq!(
        cells(&incident, "state", json!({})),
        [
            cell("", 1, 1),
            cell("California", 3, 2),
            cell("Texas", 1, 1),
            cell("Wales", 1, 1)
        ]
    );
    // Nothing of the log's states in it: freephone and Wales have none.
    assert_eq!(
        cells(&incident, "area_state", json!({})),
        [cell("", 2, 2), cell("CA", 2, 2), cell("TX", 2, 1)]
    );
    let texan = json!({ "area_state": ["TX"] });
    assert_eq!(cells(&incident, "state", texan), [cell("California", 2, 1)]);
    let said = json!({ "state": ["Texas"], "area_state": ["TX"] });
    assert_eq!(cells(&incident, "state", said), []);
    let both = json!({ "by": ["state", "area_state"], "audience": "team" });
    let answer = incident.lead().post(&incident.of_case("/scope"), &both);
    let table = answer.assert_status(200).json();
    let first = &table["rows"][1];
    assert_eq!(
        (&first["state"], &first["area_state"]),
        (&json!("California"), &json!("CA"))
    );
    assert_eq!(table["basis"]["state"], "as in log");
    let basis = table["basis"]["area_state"].as_str().unwrap();
    assert!(basis.starts_with("from area code, table "), "{basis}");
    assert!(basis.contains(area_code::VERSION), "{basis}");
    assert!(basis.ends_with("not the state of residence"), "{basis}");
    let protected = json!({ "by": ["area_state"], "audience": "protected" });
    let answer = incident
        .lead()
        .post(&incident.of_case("/scope"), &protected);
    let table = answer.assert_status(200).json();
    let values: Vec<&str> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["area_state"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["", "CA", "TX"]);
    assert!(
        table["rows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["numbers"] == "*")
    );
    assert_eq!(table["basis"]["area_state"], basis);
}

#[test]
fn calling_code_1_is_many_countries() {
    let rows = csv_of_places(&[
        ["one", "+12025550142", "", ""],
        ["one", "+14165550142", "", ""],
        ["one", "+12423456789", "", ""],
        ["one", "+18765550142", "", ""],
        ["one", "+17875550142", "", ""],
        // As the log says it, in three ways.
        ["two", "+14165550143", "CAN", ""],
        ["two", "+14165550144", "Canada", ""],
        ["two", "+14165550145", "CA", ""],
        // A code of no country at all.
        ["two", "+18005550142", "", ""],
    ]);
    let incident = Incident::with("", Log::read_short(rows));
    let countries = cells(&incident, "country", json!({}));
    let of = |code: &str| countries.iter().find(|(value, ..)| value == code);
    for (code, numbers) in [("BS", 1), ("CA", 4), ("JM", 1), ("PR", 1)] {
        assert_eq!(
            of(code),
            Some(&cell(code, numbers, numbers)),
            "{countries:?}"
        );
    }
    let body = json!({ "by": [], "audience": "team" });
    let answer = incident.lead().post(&incident.of_case("/scope"), &body);
    let basis = &answer.assert_status(200).json()["basis"]["country"];
    assert_eq!(basis["in-record"], 3);
    assert_eq!(
        basis["from-number"].as_u64().unwrap() + basis["absent"].as_u64().unwrap_or(0),
        6
    );
    // Canada's numbers carry a province, the other countries of +1 none.
    assert_eq!(
        cells(
            &incident,
            "area_state",
            json!({ "country": ["CA", "BS", "JM"] })
        ),
        [cell("", 2, 2), cell("ON", 4, 4)]
    );
}

#[test]
fn a_number_that_two_accounts_share_counts_once_in_each_and_once_in_all() {
    let rows = [
        ("one", "+447700900001", "2024-03-10T12:00:00Z"),
        ("two", "+447700900001", "2024-03-10T12:00:01Z"),
        ("two", "+447700900001", "2024-03-10T12:00:02Z"),
        ("two", "+447700900002", "2024-03-10T12:00:03Z"),
    ];
    let incident = Incident::with("", Log::read_short(csv_of(&rows)));
    assert_eq!(
        cells(&incident, "account", json!({})),
        [cell("one", 1, 1), cell("two", 3, 2)]
    );
    let body = json!({ "by": ["account"], "audience": "team" });
    let answer = incident.lead().post(&incident.of_case("/scope"), &body);
    let totals = &answer.assert_status(200).json()["totals"];
    assert_eq!(*totals, json!({ "messages": 4, "numbers": 2 }));
}

#[test]
fn a_count_beside_admissions_and_withdrawals_is_of_one_edition() {
    let incident = Incident::with("", invented(400, 3));
    let first = incident.log.messages.len() as u64;
    let done = AtomicBool::new(false);
    let seen = Mutex::new(BTreeMap::new());
    let body = json!({ "by": ["country", "kind"], "audience": "team" });
    // Signed in before the threads begin.
    let clients = [incident.investigator(), incident.lead()];
    let mut lawful = BTreeSet::from([first]);
    std::thread::scope(|threads| {
        for client in &clients {
            threads.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let answer = client.post(&incident.of_case("/scope"), &body);
                    let table = answer.assert_status(200).json();
                    let messages = table["totals"]["messages"].as_u64().unwrap();
                    let rows = table["rows"].as_array().unwrap().iter();
                    let sum: u64 = rows.map(|row| row["messages"].as_u64().unwrap()).sum();
                    assert_eq!(sum, messages);
                    let edition = table["basis"]["edition"].as_str().unwrap().to_owned();
                    let known = *seen.lock().unwrap().entry(edition).or_insert(messages);
                    assert_eq!(known, messages);
                }
            });
        }
        for seed in 20..24 {
            let admitted = incident.admit(&invented(500, seed).csv).assert_status(201);
            lawful.insert(first + admitted.json()["admitted"].as_u64().unwrap());
            incident.withdraw(&admitted.member("exhibit"));
        }
        done.store(true, Ordering::Relaxed);
    });
    let seen: BTreeSet<u64> = seen.into_inner().unwrap().into_values().collect();
    assert!(
        !seen.is_empty() && seen.is_subset(&lawful),
        "{seen:?} {lawful:?}"
    );
}

#[test]
fn two_states_of_one_code_are_two_rows_outside_the_team() {
    let mut rows = Vec::new();
    for no in 0..40 {
        let country = ["US", "AU"][no % 2];
        rows.push(format!("+1202555{no:04},{country},WA"));
    }
    let places: Vec<Vec<&str>> = rows.iter().map(|row| row.split(',').collect()).collect();
    let places: Vec<[&str; 4]> = places
        .iter()
        .enumerate()
        .map(|(at, row)| [["one", "two"][at % 3 / 2], row[0], row[1], row[2]])
        .collect();
    let incident = Incident::with("", Log::read_short(csv_of_places(&places)));
    let body = json!({ "by": ["state"], "audience": "protected" });
    let table = incident.lead().post(&incident.of_case("/scope"), &body);
    let table = table.assert_status(200).json();
    assert_eq!(
        table["rows"],
        json!([
            { "country": "AU", "state": "AU-WA", "name": "Western Australia, Australia", "numbers": 20 },
            { "country": "US", "state": "US-WA", "name": "Washington, United States", "numbers": 20 },
        ])
    );
    assert!(table["basis"].get("records").is_none());
    assert_eq!(table["basis"]["exhibits"], 1);
}
