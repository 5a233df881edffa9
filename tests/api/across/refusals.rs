//! A refusal that comes before any read tells nothing: two vaults that differ only in what is hidden
//! refuse alike in everything that can be observed.

use serde_json::{Value, json};

use super::routes::{ROWS, ask, client};
use crate::support::{Answer, Client, Incident, Log, Who, body, csv_of};

const AT: &str = "2024-03-10T12:00:00Z";
/// In the one case it is exposed twice, in the other it is absent.
const HIDDEN: &str = "+447700900001";
const OTHER: &str = "+447700900777";

fn pair(config: &str) -> [Incident; 2] {
    let one = [
        ("one", HIDDEN, AT),
        ("one", HIDDEN, "2024-03-11T12:00:00Z"),
        ("two", "+447700900003", AT),
    ];
    let other = [
        ("one", OTHER, AT),
        ("one", "+447700900778", "2024-03-11T12:00:00Z"),
        ("two", "+447700900779", AT),
    ];
    [csv_of(&one), csv_of(&other)].map(|csv| Incident::with(config, Log::read_short(csv)))
}

/// The leaf without ids and times.
fn leaf(incident: &Incident, answer: &Answer) -> Value {
    let mut leaf = incident.leaf(answer.leaf().unwrap());
    let members = leaf.as_object_mut().unwrap();
    for id in [
        "seq", "time", "origin", "operator", "session", "case", "object", "detail",
    ] {
        members.remove(id);
    }
    assert!(
        !members.contains_key("rows") && !members.contains_key("subjects"),
        "{leaf}"
    );
    leaf
}

fn budgets(client: &Client) -> Value {
    let me = client.get("/me").assert_status(200).json();
    let case = &me["cases"][0];
    json!([
        case["lookup_budget"],
        case["view_budget"],
        case["frozen_until"]
    ])
}

#[track_caller]
fn same(
    incidents: &[Incident; 2],
    who: Who,
    send: impl Fn(&Incident, &Client) -> Answer,
    status: u16,
    kind: &str,
) {
    let seen = incidents.each_ref().map(|incident| {
        let client = incident.client(who);
        let answer = send(incident, &client).assert_problem(status, kind);
        (
            answer.comparable(),
            leaf(incident, &answer),
            budgets(&client),
        )
    });
    assert_eq!(seen[0], seen[1]);
}

/// Every act with a price, as somebody asks for it who cannot pay.
fn priced(incident: &Incident, client: &Client, what: &str) -> Answer {
    let export = || {
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        body::export("account-notice", &json!({ "account": ["one"] }), key)
    };
    let case = |rest: &str| incident.of_case(rest);
    match what {
        "lookup" => incident.look_up(client, &[HIDDEN]),
        "lookup of many" => incident.look_up(
            client,
            &[HIDDEN, OTHER, "+447700900888", "+447700900889", "x"],
        ),
        "lookup of the same" => incident.look_up(client, &[HIDDEN; 40]),
        "difference" => {
            let first = incident.first_exhibit();
            client.get(&case(&format!(
                "/exhibits/{first}/difference?against=x_00000000000000000000"
            )))
        }
        "reveal" => client.post(&case("/reveals"), &body::reveal(&["S-7Q4M2KXA".to_owned()])),
        "export" => client.post(&case("/exports"), &export()),
        "withdrawal" => {
            let first = incident.first_exhibit();
            client.post(
                &case(&format!("/exhibits/{first}/withdrawal")),
                &body::reason(),
            )
        }
        "page" => client.post(&case("/records/search"), &body::search(&json!({}))),
        "timeline" => {
            let filter = json!({ "subject": ["S-7Q4M2KXA"] });
            let mut body = body::search(&filter);
            body["order"] = json!("time");
            client.post(&case("/records/search"), &body)
        }
        "table" => client.post(
            &case("/scope"),
            &json!({ "by": ["account"], "audience": "team" }),
        ),
        "protected table" => client.post(
            &case("/scope"),
            &json!({ "by": ["country"], "audience": "protected" }),
        ),
        "reveals" => client.get(&case("/reveals")),
        other => panic!("{other}"),
    }
}

#[test]
fn what_cannot_be_paid_is_refused_alike_whatever_the_case_holds() {
    let config = "[budgets]\nlookup_points = 110\nlookup_points_per_hour = 60\nview_points = 505\n\
        view_points_per_hour = 60\n";
    let incidents = pair(config);
    // All of both budgets, for what is the same in both.
    for incident in &incidents {
        for who in [Who::Investigator, Who::Lead] {
            let client = incident.client(who);
            let absent: Vec<String> = (0..110)
                .map(|no| format!("+4477119{:05}", no * 7))
                .collect();
            let absent: Vec<&str> = absent.iter().map(String::as_str).collect();
            incident.look_up(&client, &absent).assert_status(200);
            for _ in 0..5 {
                priced(incident, &client, "table").assert_status(200);
            }
        }
    }
    for what in [
        "lookup",
        "lookup of many",
        "lookup of the same",
        "difference",
        "reveal",
        "export",
    ] {
        same(
            &incidents,
            Who::Investigator,
            |incident, client| priced(incident, client, what),
            429,
            "budget-spent",
        );
    }
    same(
        &incidents,
        Who::Lead,
        |incident, client| priced(incident, client, "withdrawal"),
        429,
        "budget-spent",
    );
    for what in ["page", "timeline", "table", "protected table", "reveals"] {
        same(
            &incidents,
            Who::Investigator,
            |incident, client| priced(incident, client, what),
            429,
            "budget-spent",
        );
    }
}

#[test]
fn a_frozen_operator_and_one_who_asks_too_much_are_refused_alike() {
    let incidents = pair("[budgets]\nlookup_points = 2\nlookup_points_per_hour = 3600\n");
    let three = [HIDDEN, OTHER, "+447700900003"];
    let many = |incident: &Incident, client: &Client| incident.look_up(client, &three);
    same(&incidents, Who::Investigator, many, 422, "over-budget");
    for incident in &incidents {
        let asker = incident.investigator();
        for _ in 0..10 {
            incident
                .look_up(&asker, &["+447711900001", "+447711900002"])
                .assert_status(200);
            incident.look_up(&asker, &[HIDDEN, OTHER]);
            incident.clock.advance_seconds(3);
        }
    }
    for numbers in [&[HIDDEN][..], &[OTHER], &[HIDDEN, OTHER]] {
        let asked = |incident: &Incident, client: &Client| incident.look_up(client, numbers);
        same(&incidents, Who::Investigator, asked, 429, "lookups-frozen");
    }
}

#[test]
fn who_may_not_is_refused_alike_on_every_route() {
    let incidents = pair("");
    for row in ROWS {
        let Some((who, status)) = row.denied else {
            continue;
        };
        let seen = incidents.each_ref().map(|incident| {
            let asked = ask(incident, row.route);
            let answer = asked.send(&client(incident, row.route, who));
            assert_eq!(answer.status, status, "{}", row.route);
            let leaf = leaf(incident, &answer);
            super::routes::work_on(incident);
            (answer.comparable(), leaf)
        });
        assert_eq!(seen[0], seen[1], "{}", row.route);
    }
}

#[test]
fn what_is_wrong_in_itself_and_what_is_closed_is_refused_alike() {
    let incidents = pair("");
    let none = |incident: &Incident, client: &Client| incident.look_up(client, &[]);
    same(&incidents, Who::Investigator, none, 422, "invalid");
    let twice = body::reveal(&["S-7Q4M2KXA".to_owned(), "S-7Q4M2KXA".to_owned()]);
    let reveal =
        |incident: &Incident, client: &Client| client.post(&incident.of_case("/reveals"), &twice);
    same(&incidents, Who::Investigator, reveal, 422, "invalid");
    let wrong = json!({ "by": ["country", "country"], "audience": "team" });
    let table =
        |incident: &Incident, client: &Client| client.post(&incident.of_case("/scope"), &wrong);
    same(&incidents, Who::Investigator, table, 422, "invalid");
    for incident in &incidents {
        let close = incident.of_case("/close");
        incident
            .lead()
            .post(&close, &body::reason())
            .assert_status(200);
    }
    for what in [
        "lookup",
        "reveal",
        "export",
        "page",
        "table",
        "protected table",
    ] {
        same(
            &incidents,
            Who::Investigator,
            |incident, client| priced(incident, client, what),
            409,
            "case-closed",
        );
    }
}
