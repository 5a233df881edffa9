//! A refusal that comes before any read tells nothing: two vaults that differ only in what is hidden
//! refuse alike in everything that can be observed.
//!
//! What is tried stands in tables. The last test compares them with what each route can be refused for: all but the
//! refusals that depend on data, which it takes by route and name.

use std::collections::BTreeSet;

use breachvault::http::table;
use breachvault::policy::{ActionKind, CaseState, allows_state, needs_case};
use breachvault::vault::DataRefusal;
use breachvault::vault::clock::Clock as _;
use serde_json::{Value, json};
use ureq::http::Method;

use super::routes::{
    Asked, IN_A_CASE_OF_ITS_OWN, ROWS, Row, SLOT_CHANGE, ask, client, new_passphrase,
    no_slot_change, somebody_like, work_on,
};
use crate::support::{
    Answer, Authenticator, Client, Incident, Log, Machine, Who, body, csv_of,
    fresh_csv_with_a_reject,
};

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

/// An act with a price: its route, who asks for it, and how.
struct Priced {
    route: &'static str,
    who: Who,
    send: fn(&Incident, &Client) -> Answer,
}

const fn priced(route: &'static str, who: Who, send: fn(&Incident, &Client) -> Answer) -> Priced {
    Priced { route, who, send }
}

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const NOBODY: &str = "S-7Q4M2KXA";

fn table_of(incident: &Incident, client: &Client, body: &Value) -> Answer {
    client.post(&incident.of_case("/scope"), body)
}

fn search(incident: &Incident, client: &Client, filter: &Value, more: &[(&str, Value)]) -> Answer {
    let mut body = body::search(filter);
    for (name, value) in more {
        body[*name] = value.clone();
    }
    client.post(&incident.of_case("/records/search"), &body)
}

fn export(incident: &Incident, client: &Client, profile: &str, filter: &Value) -> Answer {
    let body = body::export(profile, filter, RECIPIENT);
    client.post(&incident.of_case("/exports"), &body)
}

/// A request for a sealed list with other members.
fn quarantine(incident: &Incident, client: &Client, other: &Value) -> Answer {
    let mut body = body::list(RECIPIENT);
    for (name, value) in other.as_object().unwrap() {
        body[name] = value.clone();
    }
    let path = format!("/exhibits/{}/quarantine", incident.first_exhibit());
    client.post(&incident.of_case(&path), &body)
}

fn difference(incident: &Incident, client: &Client, against: &str) -> Answer {
    let first = incident.first_exhibit();
    client.get(&incident.of_case(&format!("/exhibits/{first}/difference?against={against}")))
}

fn reveal(incident: &Incident, client: &Client, subjects: &[&str]) -> Answer {
    let subjects: Vec<String> = subjects.iter().map(|text| (*text).to_owned()).collect();
    client.post(&incident.of_case("/reveals"), &body::reveal(&subjects))
}

/// A reveal that somebody asked for, as the log names it.
fn asked_reveal(incident: &Incident) -> String {
    asked_for(incident, "reveal.request")
}

/// An erasure that somebody asked for, as the log names it.
fn asked_erasure(incident: &Incident) -> String {
    asked_for(incident, "erasure.request")
}

/// What an act of asking was about, as the log names it.
fn asked_for(incident: &Incident, action: &str) -> String {
    let search = json!({ "action": action, "outcome": "done" });
    let found = incident.auditor().post("/audit/leaves/search", &search);
    let found = found.assert_status(200).json();
    found["leaves"][0]["object"].as_str().unwrap().to_owned()
}

const PASSKEYS: &str = "POST /api/v1/me/passkeys";
const PASSKEY: &str = "DELETE /api/v1/me/passkeys/{passkey}";
const LOOKUPS: &str = "POST /api/v1/cases/{case}/lookups";
const SEARCH: &str = "POST /api/v1/cases/{case}/records/search";
const SCOPE: &str = "POST /api/v1/cases/{case}/scope";
const EXPORTS: &str = "POST /api/v1/cases/{case}/exports";
const REVEALS: &str = "POST /api/v1/cases/{case}/reveals";
const RAISES: &str = "POST /api/v1/cases/{case}/raises";
const DIFFERENCE: &str = "GET /api/v1/cases/{case}/exhibits/{exhibit}/difference";
const DUPLICATES: &str = "GET /api/v1/cases/{case}/exhibits/{exhibit}/duplicates";
const WITHDRAWAL: &str = "POST /api/v1/cases/{case}/exhibits/{exhibit}/withdrawal";
const QUARANTINE: &str = "POST /api/v1/cases/{case}/exhibits/{exhibit}/quarantine";
const MEMBER: &str = "PUT /api/v1/cases/{case}/members/{operator}";

/// Every act with a price, as somebody asks for it who cannot pay.
const PRICED: &[Priced] = &[
    priced(LOOKUPS, Who::Investigator, |incident, client| {
        incident.look_up(client, &[HIDDEN])
    }),
    priced(LOOKUPS, Who::Investigator, |incident, client| {
        let many = [HIDDEN, OTHER, "+447700900888", "+447700900889", "x"];
        incident.look_up(client, &many)
    }),
    priced(LOOKUPS, Who::Investigator, |incident, client| {
        incident.look_up(client, &[HIDDEN; 40])
    }),
    priced(DIFFERENCE, Who::Investigator, |incident, client| {
        difference(incident, client, "x_00000000000000000000")
    }),
    priced(DUPLICATES, Who::Investigator, |incident, client| {
        let path = format!("/exhibits/{}/duplicates?of=case", incident.first_exhibit());
        client.get(&incident.of_case(&path))
    }),
    priced(REVEALS, Who::Investigator, |incident, client| {
        reveal(incident, client, &[NOBODY])
    }),
    priced(EXPORTS, Who::Investigator, |incident, client| {
        export(
            incident,
            client,
            "account-notice",
            &json!({ "account": ["one"] }),
        )
    }),
    priced(WITHDRAWAL, Who::Lead, |incident, client| {
        let path = format!("/exhibits/{}/withdrawal", incident.first_exhibit());
        client.post(&incident.of_case(&path), &body::reason())
    }),
    priced(QUARANTINE, Who::Lead, |incident, client| {
        let path = format!("/exhibits/{}/quarantine", incident.first_exhibit());
        client.post(&incident.of_case(&path), &body::list(RECIPIENT))
    }),
    priced(SEARCH, Who::Investigator, |incident, client| {
        search(incident, client, &json!({}), &[])
    }),
    priced(SEARCH, Who::Investigator, |incident, client| {
        let filter = json!({ "subject": [NOBODY] });
        search(incident, client, &filter, &[("order", json!("time"))])
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        table_of(
            incident,
            client,
            &json!({ "by": ["account"], "audience": "team" }),
        )
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "by": ["country"], "audience": "protected" });
        table_of(incident, client, &body)
    }),
    priced(
        "GET /api/v1/cases/{case}/reveals",
        Who::Investigator,
        |incident, client| client.get(&incident.of_case("/reveals")),
    ),
    priced(
        "GET /api/v1/reveals/{reveal}",
        Who::Investigator,
        |incident, client| client.get(&format!("/reveals/{}", asked_reveal(incident))),
    ),
    priced(ERASURES, Who::Investigator, |incident, client| {
        client.post(&incident.of_case("/erasures"), &erasure())
    }),
    priced(
        "GET /api/v1/cases/{case}/erasures",
        Who::Investigator,
        |incident, client| client.get(&incident.of_case("/erasures")),
    ),
    priced(
        "GET /api/v1/erasures/{erasure}",
        Who::Investigator,
        |incident, client| client.get(&format!("/erasures/{}", asked_erasure(incident))),
    ),
];

#[test]
fn what_cannot_be_paid_is_refused_alike_whatever_the_case_holds() {
    let config = "[budgets]\nlookup_points = 110\nlookup_points_per_hour = 60\nview_points = 505\n\
        view_points_per_hour = 60\n";
    let incidents = pair(config);
    // All of both budgets, for what is the same in both.
    for incident in &incidents {
        let other = incident.second_lead();
        let number = incident.log.messages[0].number.as_str();
        let found = incident
            .look_up(&other, &[number])
            .assert_status(200)
            .json();
        let subject = found["results"][0]["subject"].as_str().unwrap();
        incident.ask_reveal(&other, &[subject.to_owned()]);
        ask_erasure_of_nobody(incident);
        for who in [Who::Investigator, Who::Lead] {
            let client = incident.client(who);
            let absent: Vec<String> = (0..110)
                .map(|no| format!("+4477119{:05}", no * 7))
                .collect();
            let absent: Vec<&str> = absent.iter().map(String::as_str).collect();
            incident.look_up(&client, &absent).assert_status(200);
            // Five questions: the same one again would be free.
            for top in 1..=5 {
                let table = json!({ "by": ["account"], "audience": "team", "top": top });
                table_of(incident, &client, &table).assert_status(200);
            }
        }
    }
    for act in PRICED {
        same(&incidents, act.who, act.send, 429, "budget-spent");
    }
    // What is wrong in itself is said to who cannot pay as to anybody, and costs nothing.
    for act in WRONG.iter().filter(|act| act.who == Who::Investigator) {
        same(&incidents, act.who, act.send, 422, "invalid");
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
            work_on(incident);
            (answer.comparable(), leaf)
        });
        assert_eq!(seen[0], seen[1], "{}", row.route);
    }
}

/// Requests that are wrong whatever the case holds: the route, who sends it, and how.
const WRONG: &[Priced] = &[
    priced(LOOKUPS, Who::Investigator, |incident, client| {
        incident.look_up(client, &[])
    }),
    priced(REVEALS, Who::Investigator, |incident, client| {
        reveal(incident, client, &[NOBODY, NOBODY])
    }),
    priced(REVEALS, Who::Investigator, |incident, client| {
        reveal(incident, client, &[])
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "by": ["country", "country"], "audience": "team" });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "by": ["day"], "audience": "team", "zone": "Nowhere/Land" });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let zone = "Europe/London".repeat(20);
        let body = json!({ "by": ["country"], "audience": "team", "zone": zone });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "by": ["country"], "audience": "team", "top": 0 });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "charts": ["day", "hour", "day"], "audience": "team" });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "charts": ["day"], "by": ["country"], "audience": "team" });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        let body = json!({ "charts": ["day"], "by": ["country"], "audience": "protected" });
        table_of(incident, client, &body)
    }),
    priced(SCOPE, Who::Investigator, |incident, client| {
        table_of(
            incident,
            client,
            &json!({ "by": ["account"], "audience": "protected" }),
        )
    }),
    priced(SCOPE, Who::Liaison, |incident, client| {
        table_of(
            incident,
            client,
            &json!({ "by": ["country"], "audience": "protected" }),
        )
    }),
    priced(SCOPE, Who::Liaison, |incident, client| {
        let filter = json!({ "newly_exposed_in": "x_00000000000000000000" });
        let body = json!({ "by": ["country"], "audience": "team", "filter": filter });
        table_of(incident, client, &body)
    }),
    priced(SEARCH, Who::Investigator, |incident, client| {
        search(incident, client, &json!({}), &[("limit", json!(501))])
    }),
    priced(SEARCH, Who::Investigator, |incident, client| {
        search(
            incident,
            client,
            &json!({}),
            &[("order", json!("by chance"))],
        )
    }),
    priced(SEARCH, Who::Investigator, |incident, client| {
        search(
            incident,
            client,
            &json!({}),
            &[("cursor", json!("no cursor"))],
        )
    }),
    priced(DIFFERENCE, Who::Investigator, |incident, client| {
        difference(incident, client, &incident.first_exhibit())
    }),
    priced(EXPORTS, Who::Investigator, |incident, client| {
        export(incident, client, "account-notice", &json!({}))
    }),
    priced(EXPORTS, Who::Investigator, |incident, client| {
        export(
            incident,
            client,
            "account-notice",
            &json!({ "account": ["one", "two"] }),
        )
    }),
    priced(EXPORTS, Who::Investigator, |incident, client| {
        export(
            incident,
            client,
            "scope-report",
            &json!({ "country": ["GB"] }),
        )
    }),
    priced(EXPORTS, Who::Investigator, |incident, client| {
        export(
            incident,
            client,
            "scope-report",
            &json!({ "subject": [NOBODY] }),
        )
    }),
    priced(EXPORTS, Who::Liaison, |incident, client| {
        export(incident, client, "evidence", &json!({}))
    }),
    priced(EXPORTS, Who::Liaison, |incident, client| {
        export(incident, client, "scope-report", &json!({}))
    }),
    priced(EXPORTS, Who::Liaison, |incident, client| {
        let filter = json!({ "newly_exposed_in": "x_00000000000000000000" });
        export(incident, client, "account-notice", &filter)
    }),
    priced(QUARANTINE, Who::Lead, |incident, client| {
        quarantine(incident, client, &json!({ "form": "letter" }))
    }),
    priced(QUARANTINE, Who::Lead, |incident, client| {
        quarantine(incident, client, &json!({ "recipients": [] }))
    }),
    priced(QUARANTINE, Who::Lead, |incident, client| {
        quarantine(incident, client, &json!({ "form": "masked" }))
    }),
    priced(RAISES, Who::Investigator, |incident, client| {
        client.post(&incident.of_case("/raises"), &incident.raise(0))
    }),
    priced(RAISES, Who::Investigator, |incident, client| {
        let mut body = incident.raise(10);
        body["until"] = json!(incident.clock.now().plus_seconds(-1).to_string());
        client.post(&incident.of_case("/raises"), &body)
    }),
    priced(RAISES, Who::Investigator, |incident, client| {
        let mut body = incident.raise(10);
        body["until"] = json!(incident.clock.now().plus_seconds(400 * 86_400).to_string());
        client.post(&incident.of_case("/raises"), &body)
    }),
    priced(MEMBER, Who::Lead, |incident, client| {
        let path = format!("/members/{}", incident.operator(Who::Outsider));
        client.put(&incident.of_case(&path), &json!({ "role": "liaison" }))
    }),
    priced(MEMBER, Who::Lead, |incident, client| {
        let path = format!("/members/{}", incident.operator(Who::Outsider));
        let body = json!({ "role": "investigator", "account": "one" });
        client.put(&incident.of_case(&path), &body)
    }),
];

const REQUEST_LEAVES: &str = "GET /api/v1/requests/{request}/leaves";

/// The lists of requests, which take a state beside a limit and where a page begins.
const LISTS: [&str; 9] = [
    "GET /api/v1/cases/{case}/destructions",
    "GET /api/v1/cases/{case}/erasures",
    "GET /api/v1/cases/{case}/exports",
    "GET /api/v1/cases/{case}/memberships",
    "GET /api/v1/cases/{case}/moves",
    "GET /api/v1/cases/{case}/quarantines",
    "GET /api/v1/cases/{case}/raises",
    "GET /api/v1/cases/{case}/reveals",
    "GET /api/v1/cases/{case}/withdrawals",
];

/// The other lists.
const PLAIN_LISTS: [&str; 9] = [
    "GET /api/v1/sessions",
    "GET /api/v1/tokens",
    "GET /api/v1/machines",
    "GET /api/v1/me",
    "GET /api/v1/inbox",
    "GET /api/v1/operators",
    "GET /api/v1/cases",
    "GET /api/v1/cases/{case}/members",
    "GET /api/v1/cases/{case}/exhibits",
];

/// Queries that are wrong whatever the case holds, and their routes.
fn wrong_queries() -> Vec<(&'static str, &'static str)> {
    let of_lists = ["limit=0", "limit=501", "limit=some", "state=perhaps"];
    let mut all: Vec<_> = LISTS
        .iter()
        .flat_map(|route| of_lists.map(|query| (*route, query)))
        .collect();
    let of_plain_lists = ["limit=0", "limit=501", "limit=some"];
    all.extend(
        PLAIN_LISTS
            .iter()
            .flat_map(|route| of_plain_lists.map(|query| (*route, query))),
    );
    all.extend([
        (REQUEST_LEAVES, "limit=0"),
        (REQUEST_LEAVES, "limit=501"),
        (REQUEST_LEAVES, "after=first"),
        (DUPLICATES, "of=nobody"),
        (DUPLICATES, "part=first"),
        (ADMIT, "zone=Nowhere/Land"),
        (ADMIT, "region=Nowhere"),
        (ADMIT, "format=stone"),
        (ADMIT, "dry_run=perhaps"),
        (ADMIT, "accept_quarantined=perhaps"),
        (ADMIT, "map=number"),
    ]);
    all
}

#[test]
fn what_is_wrong_in_itself_is_refused_alike_and_costs_nothing() {
    let incidents = pair("[budgets]\nlookup_points = 300\nview_points = 3000\n");
    for act in WRONG {
        let before = incidents
            .each_ref()
            .map(|one| budgets(&one.client(act.who)));
        same(&incidents, act.who, act.send, 422, "invalid");
        let after = incidents
            .each_ref()
            .map(|one| budgets(&one.client(act.who)));
        assert_eq!(before, after, "{} was charged", act.route);
    }
    for (route, query) in wrong_queries() {
        let row = ROWS.iter().find(|row| row.route == route).unwrap();
        let send = |incident: &Incident, by: &Client| {
            let asked = ask(incident, row.route);
            let path = format!("{}?{query}", asked.path);
            Asked { path, ..asked }.send(by)
        };
        same(&incidents, row.granted, send, 422, "invalid");
    }
    // What no body of a route may have.
    for row in ROWS {
        let seen = incidents.each_ref().map(|incident| {
            let asked = ask(incident, row.route);
            if !asked.takes_json() {
                return None;
            }
            let body = b"{\"no such member\": 1}".to_vec();
            let answer = Asked { body, ..asked }.send(&client(incident, row.route, row.granted));
            assert!([400, 422].contains(&answer.status), "{}", row.route);
            let leaf = leaf(incident, &answer);
            work_on(incident);
            Some((answer.comparable(), leaf))
        });
        assert_eq!(seen[0], seen[1], "{}", row.route);
    }
}

#[test]
fn a_query_that_an_address_does_not_take_is_refused_alike_everywhere() {
    let incidents = pair("");
    for row in ROWS {
        let seen = incidents.each_ref().map(|incident| {
            let asked = ask(incident, row.route);
            let sign = if asked.path.contains('?') { '&' } else { '?' };
            let path = format!("{}{sign}colour=red", asked.path);
            let answer = Asked { path, ..asked }
                .send(&client(incident, row.route, row.granted))
                .assert_problem(400, "malformed-query");
            let leaf = leaf(incident, &answer);
            work_on(incident);
            (answer.comparable(), leaf)
        });
        assert_eq!(seen[0], seen[1], "{}", row.route);
    }
}

#[test]
fn what_is_not_there_is_refused_alike() {
    let incidents = pair("");
    // Whoever has a passkey signs before it is looked for: the table of states has it for whoever has none.
    let named = |row: &&Row| row.route.contains('{') && row.route != PASSKEY;
    for row in ROWS.iter().filter(named) {
        let seen = incidents.each_ref().map(|incident| {
            let asked = ask(incident, row.route);
            let (before, rest) = row
                .route
                .split_once(" ")
                .unwrap()
                .1
                .split_once('{')
                .unwrap();
            let (name, after) = rest.split_once('}').unwrap();
            let unknown = match name {
                "leaf" => "999999".to_owned(),
                name => format!("{}_00000000000000000000", &name[..1]),
            };
            // What else the path names is kept.
            let kept = asked.path.split('/').skip(before.split('/').count());
            let kept: Vec<&str> = kept.collect();
            assert_eq!(kept.is_empty(), after.is_empty(), "{}", row.route);
            let slash = if kept.is_empty() { "" } else { "/" };
            let path = format!("{before}{unknown}{slash}{}", kept.join("/"));
            let answer = Asked { path, ..asked }.send(&client(incident, row.route, row.granted));
            assert_eq!(answer.status, 404, "{}: {}", row.route, answer.text());
            let leaf = leaf(incident, &answer);
            work_on(incident);
            (answer.comparable(), leaf)
        });
        assert_eq!(seen[0], seen[1], "{}", row.route);
    }
}

/// Whether a route does nothing in a closed case.
fn rests(route: &str) -> bool {
    let action = action(route);
    needs_case(action) && !allows_state(action, CaseState::Closed)
}

fn action(route: &str) -> ActionKind {
    let all = table();
    let route = all
        .iter()
        .find(|one| format!("{} {}", one.method, one.path) == route)
        .unwrap();
    route.action.unwrap()
}

#[test]
fn what_rests_in_a_closed_case_is_refused_alike() {
    let incidents = pair("");
    for row in ROWS.iter().filter(|row| rests(row.route)) {
        let send = |incident: &Incident, by: &Client| {
            let asked = ask(incident, row.route);
            incident.move_by_two(&incident.case, "close");
            asked.send(by)
        };
        same(&incidents, row.granted, send, 409, "case-closed");
        incidents.iter().for_each(work_on);
    }
}

/// A refusal for a state that its sender may know of.
struct State {
    route: &'static str,
    kind: &'static str,
    status: u16,
    who: Who,
    send: fn(&Incident, &Client) -> Answer,
}

/// A kind of request that two people decide.
struct Kind {
    decision: &'static str,
    asker: Who,
    decider: Who,
    ask: fn(&Incident, &Client) -> String,
}

impl Kind {
    fn path(&self, id: &str) -> String {
        let path = self.decision.strip_prefix("POST /api/v1").unwrap();
        let (before, rest) = path.split_once('{').unwrap();
        format!("{before}{id}{}", rest.split_once('}').unwrap().1)
    }

    fn ask(&self, incident: &Incident) -> String {
        (self.ask)(incident, &incident.client(self.asker))
    }
}

const KINDS: &[Kind] = &[
    Kind {
        decision: "POST /api/v1/reveals/{reveal}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let number = incident.log.messages[0].number.clone();
            incident.ask_reveal(asker, &[incident.subject(&number)])
        },
    },
    Kind {
        decision: "POST /api/v1/exports/{export}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let notice = body::export("account-notice", &json!({ "account": ["one"] }), RECIPIENT);
            incident.ask_export(asker, &notice)
        },
    },
    Kind {
        decision: "POST /api/v1/raises/{raise}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| incident.ask_raise(asker, 10),
    },
    Kind {
        decision: "POST /api/v1/withdrawals/{withdrawal}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| incident.ask_withdrawal(asker, &incident.first_exhibit()),
    },
    Kind {
        decision: "POST /api/v1/memberships/{membership}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let path = format!("/members/{}", incident.operator(Who::Outsider));
            let named = asker.put(&incident.of_case(&path), &json!({ "role": "investigator" }));
            named.assert_status(200).member("membership")
        },
    },
    Kind {
        decision: "POST /api/v1/quarantines/{quarantine}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let admitted = incident.admit(&fresh_csv_with_a_reject());
            let exhibit = admitted.assert_status(201).member("exhibit");
            let path = incident.of_case(&format!("/exhibits/{exhibit}/quarantine"));
            let asked = asker.post(&path, &body::reason());
            asked.assert_status(201).member("quarantine")
        },
    },
    Kind {
        decision: "POST /api/v1/destructions/{destruction}/decision",
        asker: Who::SecondLead,
        decider: Who::Custodian,
        ask: |incident, asker| {
            let send = |by: &Client| by.post(&incident.of_case("/destructions"), &body::reason());
            let asked = send(asker);
            // A custodian decides it and never asks: then the first lead does.
            let asked = match asked.status {
                403 => send(&incident.lead()),
                _ => asked,
            };
            asked.assert_status(201).member("destruction")
        },
    },
    Kind {
        decision: "POST /api/v1/erasures/{erasure}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let asked = asker.post(&incident.of_case("/erasures"), &erasure());
            asked.assert_status(201).member("erasure")
        },
    },
    Kind {
        decision: "POST /api/v1/moves/{move}/decision",
        asker: Who::SecondLead,
        decider: Who::Lead,
        ask: |incident, asker| {
            let asked = asker.post(&incident.of_case("/close"), &body::reason());
            asked.assert_status(200).member("move")
        },
    },
];

/// Of a number that no exhibit has.
fn erasure() -> Value {
    json!({ "number": "+447700900999", "purpose": "victim-inquiry", "reason": body::REASON })
}

/// Such an erasure, asked for by the second lead.
fn ask_erasure_of_nobody(incident: &Incident) -> String {
    let asker = incident.second_lead();
    let asked = asker.post(&incident.of_case("/erasures"), &erasure());
    asked.assert_status(201).member("erasure")
}

/// One that the first lead approved.
fn approved_erasure_of_nobody(incident: &Incident) -> String {
    let id = ask_erasure_of_nobody(incident);
    let decision = format!("/erasures/{id}/decision");
    let decided = incident.lead().post(&decision, &body::approve());
    decided.assert_status(200);
    id
}

/// What every decision is refused for beside the others.
const OF_DECISIONS: [&str; 4] = ["own-request", "wrong-state", "expired", "asker-gone"];

/// A request to see the rows of a quarantine, which the custodian approved.
fn approved_quarantine(incident: &Incident) -> String {
    let id = incident.ask_quarantine_of_a_fresh_one();
    let decision = format!("/quarantines/{id}/decision");
    let decided = incident.custodian().post(&decision, &body::approve());
    decided.assert_status(200);
    id
}

/// The route that asks for a request of each kind.
const ASKS: [&str; 9] = [
    "POST /api/v1/cases/{case}/reveals",
    "POST /api/v1/cases/{case}/exports",
    "POST /api/v1/cases/{case}/raises",
    "POST /api/v1/cases/{case}/exhibits/{exhibit}/withdrawal",
    "PUT /api/v1/cases/{case}/members/{operator}",
    "POST /api/v1/cases/{case}/exhibits/{exhibit}/quarantine",
    DESTRUCTIONS,
    ERASURES,
    CLOSE,
];

#[test]
fn more_requests_than_one_may_have_open_are_refused_alike_and_cost_nothing() {
    let incidents = pair("[limits]\nopen_requests = 2\n");
    for (kind, route) in KINDS.iter().zip(ASKS) {
        // Those of others do not count.
        for incident in &incidents {
            (kind.ask)(incident, &incident.client(kind.decider));
            kind.ask(incident);
            kind.ask(incident);
        }
        let before = incidents
            .each_ref()
            .map(|of| budgets(&of.client(kind.asker)));
        let further = |incident: &Incident, asker: &Client| {
            let first = incident.first_exhibit();
            let of_case = |rest: &str| incident.of_case(rest);
            let number = incident.log.messages[0].number.clone();
            match route {
                "POST /api/v1/cases/{case}/reveals" => {
                    let subjects = [incident.subject(&number)];
                    asker.post(&of_case("/reveals"), &body::reveal(&subjects))
                }
                "POST /api/v1/cases/{case}/exports" => export(
                    incident,
                    asker,
                    "account-notice",
                    &json!({ "account": ["one"] }),
                ),
                "POST /api/v1/cases/{case}/raises" => {
                    asker.post(&of_case("/raises"), &incident.raise(10))
                }
                "PUT /api/v1/cases/{case}/members/{operator}" => {
                    let path = format!("/members/{}", incident.operator(Who::Outsider));
                    asker.put(&of_case(&path), &json!({ "role": "investigator" }))
                }
                ERASURES => asker.post(&of_case("/erasures"), &erasure()),
                CLOSE => asker.post(&of_case("/close"), &body::reason()),
                DESTRUCTIONS => asker.post(&of_case("/destructions"), &body::reason()),
                "POST /api/v1/cases/{case}/exhibits/{exhibit}/withdrawal" => {
                    let path = format!("/exhibits/{first}/withdrawal");
                    asker.post(&of_case(&path), &body::reason())
                }
                _ => {
                    let path = format!("/exhibits/{first}/quarantine");
                    asker.post(&of_case(&path), &body::reason())
                }
            }
        };
        same(&incidents, kind.asker, further, 409, "too-many-open");
        let after = incidents
            .each_ref()
            .map(|of| budgets(&of.client(kind.asker)));
        assert_eq!(before, after, "{route}");
        // Room again when one of them is decided.
        for incident in &incidents {
            let listed = list_of(kind);
            let listed = incident
                .lead()
                .get(&incident.of_case(&format!("/{listed}?state=requested")));
            let json = listed.assert_status(200).json();
            let mut waiting = json[list_of(kind)].as_array().unwrap().iter();
            let name = Who::SecondLead.name();
            let own = waiting.find(|one| one["asked_by"] == name).unwrap();
            let id = own[kind_of(kind)].as_str().unwrap();
            let decider = incident.client(kind.decider);
            decider
                .post(&kind.path(id), &body::deny())
                .assert_status(200);
            kind.ask(incident);
        }
    }
}

const OPEN_A_CASE: &str = "POST /api/v1/cases";

#[test]
fn more_cases_than_one_lead_may_open_in_a_day_are_refused_alike() {
    let incidents = pair("[budgets]\ncases_per_day = 2\n");
    let open = |by: &Client| {
        let body = json!({ "title": "Another", "reference": "IR-2024-18", "reason": body::REASON });
        by.post("/cases", &body)
    };
    for incident in &incidents {
        open(&incident.lead()).assert_status(201);
    }
    let further = |_: &Incident, by: &Client| open(by);
    same(&incidents, Who::Lead, further, 409, "too-many-cases");
    for incident in &incidents {
        incident.clock.advance_seconds(86_400);
        incident.forget_sessions();
        open(&incident.lead()).assert_status(201);
    }
}

/// The member of its list, such as `reveals`.
fn list_of(kind: &Kind) -> &'static str {
    let path = kind.decision.strip_prefix("POST /api/v1/").unwrap();
    path.split_once('/').unwrap().0
}

/// The member with its id, such as `reveal`.
fn kind_of(kind: &Kind) -> &'static str {
    list_of(kind).strip_suffix('s').unwrap()
}

#[test]
fn decisions_that_cannot_be_made_are_refused_alike() {
    let incidents = pair("[sessions]\nreveal_hours = 1\nexport_hours = 1\n");
    for kind in KINDS {
        let own = |incident: &Incident, asker: &Client| {
            let id = kind.ask(incident);
            asker.post(&kind.path(&id), &body::approve())
        };
        // Whoever may ask for a destruction decides none, whoever asked.
        let refusal = match kind.decision.contains("{destruction}") {
            true => "not-allowed",
            false => "own-request",
        };
        same(&incidents, kind.asker, own, 403, refusal);
        let decided = |incident: &Incident, decider: &Client| {
            let path = kind.path(&kind.ask(incident));
            decider.post(&path, &body::deny()).assert_status(200);
            decider.post(&path, &body::approve())
        };
        same(&incidents, kind.decider, decided, 409, "wrong-state");
        let late = |incident: &Incident, decider: &Client| {
            let path = kind.path(&kind.ask(incident));
            incident.clock.advance_seconds(3601);
            decider.post(&path, &body::approve())
        };
        same(&incidents, kind.decider, late, 409, "expired");
        // Sessions have aged by what went by.
        for incident in &incidents {
            incident.forget_sessions();
        }
    }
    for kind in KINDS {
        let ids = incidents.each_ref().map(|incident| kind.ask(incident));
        for incident in &incidents {
            let case = &incident.case;
            let suspended = incident.suspend(case, Who::Administrator, kind.asker);
            suspended.assert_status(200);
        }
        let gone = |incident: &Incident, decider: &Client| {
            let at = usize::from(std::ptr::eq(incident, &incidents[1]));
            decider.post(&kind.path(&ids[at]), &body::approve())
        };
        same(&incidents, kind.decider, gone, 409, "asker-gone");
        for incident in &incidents {
            let lifted = incident.lift(&incident.case, Who::Lead, kind.asker);
            lifted.assert_status(200);
        }
    }
}

fn approved_export(incident: &Incident) -> String {
    let notice = body::export("account-notice", &json!({ "account": ["one"] }), RECIPIENT);
    incident.approved_export(&notice)
}

fn number(incident: &Incident) -> String {
    let number = incident.log.messages[0].number.clone();
    incident.subject(&number)
}

const OPEN: &str = "POST /api/v1/reveals/{reveal}/open";
const OPEN_QUARANTINE: &str = "POST /api/v1/quarantines/{quarantine}/open";
const LIST: &str = "GET /api/v1/quarantines/{quarantine}/package";
const LIST_ARRIVED: &str = "POST /api/v1/quarantines/{quarantine}/acknowledgement";
const PACKAGE: &str = "GET /api/v1/exports/{export}/package";
const ACKNOWLEDGE: &str = "POST /api/v1/exports/{export}/acknowledgement";
const ERASURES: &str = "POST /api/v1/cases/{case}/erasures";
const ERASE: &str = "POST /api/v1/erasures/{erasure}/carrying-out";
const DESTRUCTIONS: &str = "POST /api/v1/cases/{case}/destructions";
const CARRY_OUT: &str = "POST /api/v1/destructions/{destruction}/carrying-out";
const CLOSE: &str = "POST /api/v1/cases/{case}/close";
const REOPEN: &str = "POST /api/v1/cases/{case}/reopen";
const STOP: &str = "POST /api/v1/destructions/{destruction}/stop";
const RECOGNISE: &str = "POST /api/v1/cases/{case}/members/{operator}/recognition";
const SUSPEND: &str = "POST /api/v1/cases/{case}/members/{operator}/suspension";
const ADMIT: &str = "POST /api/v1/cases/{case}/exhibits";
const SLOT: &str = "POST /api/v1/keys/slots/change";
const SLOT_DECISION: &str = "POST /api/v1/keys/slots/change/decision";
const SLOT_CARRYING_OUT: &str = "POST /api/v1/keys/slots/change/carrying-out";
const ROTATE: &str = "POST /api/v1/cases/{case}/key/rotation";
const ACCEPT: &str = "POST /api/v1/clock/acceptance";

/// Types what nobody reads out.
fn recognise(incident: &Incident, client: &Client, who: Who) -> Answer {
    let path = format!("/members/{}/recognition", incident.operator(who));
    let body = json!({ "fingerprint": "0000-0000-0000", "reason": body::REASON });
    client.post(&incident.of_case(&path), &body)
}

/// Lifts the hold of the case.
fn lift_hold(incident: &Incident) {
    incident.move_by_two(&incident.case, "reopen");
}

/// Approved by a new member of this role, whose account has ended when this is done.
fn without_its_decider(
    incident: &Incident,
    role: &str,
    request: &str,
    act: impl FnOnce() -> Answer,
) -> Answer {
    let decider = incident.newcomer(role);
    let operator = decider.get("/me").assert_status(200).member("operator");
    incident.give(&incident.case, &operator, role, None);
    incident
        .recognise_by(&incident.lead(), &incident.case, &decider)
        .assert_status(200);
    let decided = decider.post(&format!("/{request}/decision"), &body::approve());
    decided.assert_status(200);
    let account = format!("/operators/{operator}");
    incident.administrator().delete(&account).assert_status(200);
    act()
}

fn carry_out(client: &Client, destruction: &str) -> Answer {
    let path = format!("/destructions/{destruction}/carrying-out");
    client.post(&path, &body::reason())
}

fn erase(client: &Client, erasure: &str) -> Answer {
    let path = format!("/erasures/{erasure}/carrying-out");
    client.post(&path, &body::reason())
}

fn decide_slot(client: &Client) -> Answer {
    client.post("/keys/slots/change/decision", &body::approve())
}

fn carry_out_slot(client: &Client) -> Answer {
    client.post("/keys/slots/change/carrying-out", &body::reason())
}

fn accept(incident: &Incident, client: &Client) -> Answer {
    let body = json!({ "time": incident.clock.now().to_string(), "reason": body::REASON });
    client.post("/clock/acceptance", &body)
}

const fn state(
    route: &'static str,
    (status, kind): (u16, &'static str),
    who: Who,
    send: fn(&Incident, &Client) -> Answer,
) -> State {
    State {
        route,
        kind,
        status,
        who,
        send,
    }
}

const STATES: &[State] = &[
    state(
        OPEN_QUARANTINE,
        (403, "not-the-asker"),
        Who::SecondLead,
        |incident, client| {
            let id = approved_quarantine(incident);
            client.post(&format!("/quarantines/{id}/open"), &json!({}))
        },
    ),
    state(
        OPEN_QUARANTINE,
        (409, "wrong-state"),
        Who::Lead,
        |incident, client| {
            let id = incident.ask_quarantine_of_a_fresh_one();
            client.post(&format!("/quarantines/{id}/open"), &json!({}))
        },
    ),
    state(
        OPEN_QUARANTINE,
        (409, "expired"),
        Who::Lead,
        |incident, client| {
            let id = approved_quarantine(incident);
            incident.clock.advance_seconds(3601);
            client.post(&format!("/quarantines/{id}/open"), &json!({}))
        },
    ),
    state(
        LIST,
        (409, "wrong-state"),
        Who::Custodian,
        |incident, client| {
            let id = incident.ask_list(&incident.lead(), RECIPIENT);
            client.get(&format!("/quarantines/{id}/package"))
        },
    ),
    state(
        LIST,
        (409, "expired"),
        Who::Custodian,
        |incident, client| {
            let id = incident.approved_list(RECIPIENT);
            incident.clock.advance_seconds(3601);
            client.get(&format!("/quarantines/{id}/package"))
        },
    ),
    state(
        LIST,
        (409, "asker-gone"),
        Who::Custodian,
        |incident, client| {
            let id = incident.ask_list(&incident.second_lead(), RECIPIENT);
            let decision = format!("/quarantines/{id}/decision");
            let decided = incident.lead().post(&decision, &body::approve());
            decided.assert_status(200);
            let case = &incident.case;
            let suspended = incident.suspend(case, Who::Administrator, Who::SecondLead);
            suspended.assert_status(200);
            let answer = client.get(&format!("/quarantines/{id}/package"));
            let lifted = incident.lift(case, Who::Lead, Who::SecondLead);
            lifted.assert_status(200);
            answer
        },
    ),
    state(
        LIST_ARRIVED,
        (409, "wrong-state"),
        Who::Custodian,
        |incident, client| {
            let id = incident.approved_list(RECIPIENT);
            let body = json!({
                "tagmanifest_sha256": "0".repeat(64), "received_by": "x", "reason": body::REASON,
            });
            client.post(&format!("/quarantines/{id}/acknowledgement"), &body)
        },
    ),
    state(
        "GET /api/v1/cases/{case}/exhibits/{exhibit}/duplicates",
        (400, "malformed-query"),
        Who::Lead,
        |incident, client| {
            let path = format!(
                "/exhibits/{}/duplicates?colour=red",
                incident.first_exhibit()
            );
            client.get(&incident.of_case(&path))
        },
    ),
    state(
        OPEN,
        (403, "not-the-asker"),
        Who::Lead,
        |incident, client| {
            let id = incident.approved_reveal(&[number(incident)]);
            client.post(&format!("/reveals/{id}/open"), &json!({}))
        },
    ),
    state(
        OPEN,
        (409, "wrong-state"),
        Who::Investigator,
        |incident, client| {
            let id = incident.ask_reveal(client, &[number(incident)]);
            client.post(&format!("/reveals/{id}/open"), &json!({}))
        },
    ),
    state(
        OPEN,
        (409, "expired"),
        Who::Investigator,
        |incident, client| {
            let id = incident.approved_reveal(&[number(incident)]);
            incident.clock.advance_seconds(3601);
            client.post(&format!("/reveals/{id}/open"), &json!({}))
        },
    ),
    state(
        PACKAGE,
        (409, "wrong-state"),
        Who::Custodian,
        |incident, client| {
            let notice = body::export("account-notice", &json!({ "account": ["one"] }), RECIPIENT);
            let id = incident.ask_export(&incident.investigator(), &notice);
            client.get(&format!("/exports/{id}/package"))
        },
    ),
    state(
        PACKAGE,
        (409, "expired"),
        Who::Custodian,
        |incident, client| {
            let id = approved_export(incident);
            incident.clock.advance_seconds(3601);
            client.get(&format!("/exports/{id}/package"))
        },
    ),
    state(
        ACKNOWLEDGE,
        (409, "wrong-state"),
        Who::Custodian,
        |incident, client| {
            let id = approved_export(incident);
            let body = json!({
                "tagmanifest_sha256": "0".repeat(64), "received_by": "x", "reason": body::REASON,
            });
            client.post(&format!("/exports/{id}/acknowledgement"), &body)
        },
    ),
    state(
        MEMBER,
        (409, "own-membership"),
        Who::Lead,
        |incident, client| {
            let path = format!("/members/{}", incident.operator(Who::Lead));
            client.put(&incident.of_case(&path), &json!({ "role": "custodian" }))
        },
    ),
    state(
        MEMBER,
        (409, "outside-cases"),
        Who::Lead,
        |incident, client| {
            let path = format!("/members/{}", incident.operator(Who::Auditor));
            client.put(&incident.of_case(&path), &json!({ "role": "custodian" }))
        },
    ),
    state(
        RECOGNISE,
        (409, "own-membership"),
        Who::Lead,
        |incident, client| recognise(incident, client, Who::Lead),
    ),
    state(
        RECOGNISE,
        (403, "wrong-fingerprint"),
        Who::Lead,
        |incident, client| recognise(incident, client, Who::Investigator),
    ),
    state(
        "DELETE /api/v1/cases/{case}/members/{operator}",
        (409, "own-membership"),
        Who::Lead,
        |incident, client| {
            let path = format!("/members/{}", incident.operator(Who::Lead));
            client.delete_with(&incident.of_case(&path), &body::reason())
        },
    ),
    state(
        "PUT /api/v1/me/password",
        (401, "wrong-credential"),
        Who::Investigator,
        |_, client| {
            let body = json!({
                "old_password": "not the password", "new_password": "another password of the tests",
            });
            client.put("/me/password", &body)
        },
    ),
    state(
        PASSKEYS,
        (401, "wrong-credential"),
        Who::Investigator,
        |_, client| {
            let mut body = client.making(&Authenticator::new(), "a key");
            body["password"] = json!("not the password");
            client.post("/me/passkeys", &body)
        },
    ),
    state(
        PASSKEYS,
        (409, "passkey-known"),
        Who::Investigator,
        |incident, _| {
            let client = somebody_like(incident, Who::Investigator);
            let key = Authenticator::new();
            client.enrol(&key);
            let body = client.making(&key, "the same key");
            client.signed(&key, &Method::POST, "/me/passkeys", &body)
        },
    ),
    state(
        PASSKEYS,
        (409, "too-many-passkeys"),
        Who::Investigator,
        |incident, _| {
            let client = somebody_like(incident, Who::Investigator);
            let key = Authenticator::new();
            client.enrol(&key);
            let one_more = || {
                let body = client.making(&Authenticator::new(), "one more");
                client.signed(&key, &Method::POST, "/me/passkeys", &body)
            };
            (0..7).for_each(|_| drop(one_more().assert_status(201)));
            one_more()
        },
    ),
    state(
        "POST /api/v1/tokens",
        (409, "too-many-tokens"),
        Who::Investigator,
        |incident, _| {
            let client = incident.newcomer_with_code("investigator");
            let body = json!({ "label": "a script", "days": 1, "actions": ["audit.vkey"] });
            let one_more = || client.post("/tokens", &body);
            (0..20).for_each(|_| drop(one_more().assert_status(201)));
            one_more()
        },
    ),
    state(
        "POST /api/v1/machines",
        (409, "too-many-tokens"),
        Who::Investigator,
        |incident, _| {
            let client = incident.newcomer_with_code("investigator");
            let one_more = || {
                let certificate = Machine::new().pem();
                let body = json!({
                    "label": "a machine", "certificate": certificate, "days": 1, "actions": ["audit.vkey"],
                });
                client.post("/machines", &body)
            };
            (0..20).for_each(|_| drop(one_more().assert_status(201)));
            one_more()
        },
    ),
    state(
        PASSKEY,
        (409, "last-passkey"),
        Who::Investigator,
        |incident, _| {
            let client = somebody_like(incident, Who::Investigator);
            let key = Authenticator::new();
            let path = format!("/me/passkeys/{}", client.enrol(&key));
            client.signed(&key, &Method::DELETE, &path, &Value::Null)
        },
    ),
    state(
        PASSKEY,
        (404, "not-found"),
        Who::Investigator,
        |_, client| client.delete("/me/passkeys/p_00000000000000000000"),
    ),
    state(
        SUSPEND,
        (409, "own-membership"),
        Who::Lead,
        |incident, _| incident.suspend(&incident.case, Who::Lead, Who::Lead),
    ),
    state(
        IN_A_CASE_OF_ITS_OWN,
        (409, "own-membership"),
        Who::Lead,
        |incident, _| incident.lift(&incident.case, Who::Lead, Who::Lead),
    ),
    state(
        IN_A_CASE_OF_ITS_OWN,
        (403, "own-request"),
        Who::Administrator,
        |incident, _| {
            let case = incident.case_of_suspended_leads();
            incident.lift(&case, Who::Administrator, Who::Lead)
        },
    ),
    state(
        "POST /api/v1/cases/{case}/members/{operator}/thaw",
        (409, "own-membership"),
        Who::Lead,
        |incident, client| {
            let path = format!("/members/{}/thaw", incident.operator(Who::Lead));
            client.post(&incident.of_case(&path), &body::reason())
        },
    ),
    state(
        "DELETE /api/v1/operators/{operator}",
        (409, "own-membership"),
        Who::Administrator,
        |incident, client| {
            client.delete(&format!(
                "/operators/{}",
                incident.operator(Who::Administrator)
            ))
        },
    ),
    state(
        "POST /api/v1/operators",
        (409, "name-taken"),
        Who::Administrator,
        |_, client| client.post("/operators", &json!({ "name": "lead.one", "role": "lead" })),
    ),
    state(
        REOPEN,
        (409, "case-state"),
        Who::Lead,
        |incident, client| client.post(&incident.of_case("/reopen"), &body::reason()),
    ),
    state(
        "POST /api/v1/cases/{case}/hold",
        (409, "case-state"),
        Who::Lead,
        |incident, client| {
            let hold = incident.of_case("/hold");
            client.post(&hold, &body::reason()).assert_status(200);
            client.post(&hold, &body::reason())
        },
    ),
    // It is on hold now.
    state(CLOSE, (409, "case-state"), Who::Lead, |incident, client| {
        client.post(&incident.of_case("/close"), &body::reason())
    }),
    state(
        DESTRUCTIONS,
        (409, "case-state"),
        Who::Lead,
        |incident, client| client.post(&incident.of_case("/destructions"), &body::reason()),
    ),
    state(
        ERASURES,
        (409, "case-state"),
        Who::Lead,
        |incident, client| client.post(&incident.of_case("/erasures"), &erasure()),
    ),
    state(
        CARRY_OUT,
        (409, "delay-runs"),
        Who::Lead,
        |incident, client| {
            // It was on hold until now.
            lift_hold(incident);
            carry_out(client, &incident.approved_destruction(&incident.case))
        },
    ),
    state(
        CARRY_OUT,
        (409, "wrong-state"),
        Who::Lead,
        |incident, client| carry_out(client, &incident.ask_destruction(&incident.case)),
    ),
    state(
        CARRY_OUT,
        (409, "asker-gone"),
        Who::Custodian,
        |incident, client| {
            let path = incident.of_case("/destructions");
            let asked = incident.second_lead().post(&path, &body::reason());
            let id = asked.assert_status(201).member("destruction");
            let decision = format!("/destructions/{id}/decision");
            client.post(&decision, &body::approve()).assert_status(200);
            let case = &incident.case;
            let suspended = incident.suspend(case, Who::Administrator, Who::SecondLead);
            suspended.assert_status(200);
            let answer = carry_out(client, &id);
            let lifted = incident.lift(case, Who::Lead, Who::SecondLead);
            lifted.assert_status(200);
            answer
        },
    ),
    state(
        ERASE,
        (409, "wrong-state"),
        Who::Lead,
        |incident, client| erase(client, &ask_erasure_of_nobody(incident)),
    ),
    state(
        ERASE,
        (409, "asker-gone"),
        Who::Custodian,
        |incident, client| {
            let id = approved_erasure_of_nobody(incident);
            let case = &incident.case;
            let suspended = incident.suspend(case, Who::Administrator, Who::SecondLead);
            suspended.assert_status(200);
            let answer = erase(client, &id);
            let lifted = incident.lift(case, Who::Lead, Who::SecondLead);
            lifted.assert_status(200);
            answer
        },
    ),
    state(
        ERASE,
        (409, "decider-gone"),
        Who::Custodian,
        |incident, client| {
            let id = incident.ask_erasure();
            let request = format!("erasures/{id}");
            without_its_decider(incident, "lead", &request, || erase(client, &id))
        },
    ),
    state(
        OPEN,
        (409, "decider-gone"),
        Who::Investigator,
        |incident, client| {
            let id = incident.ask_reveal(client, &[number(incident)]);
            let request = format!("reveals/{id}");
            let open = format!("/reveals/{id}/open");
            without_its_decider(incident, "lead", &request, || {
                client.post(&open, &json!({}))
            })
        },
    ),
    state(
        OPEN_QUARANTINE,
        (409, "decider-gone"),
        Who::Lead,
        |incident, client| {
            let id = incident.ask_quarantine_of_a_fresh_one();
            let request = format!("quarantines/{id}");
            let open = format!("/quarantines/{id}/open");
            without_its_decider(incident, "lead", &request, || {
                client.post(&open, &json!({}))
            })
        },
    ),
    state(
        LIST,
        (409, "decider-gone"),
        Who::Custodian,
        |incident, client| {
            let id = incident.ask_list(&incident.lead(), RECIPIENT);
            let request = format!("quarantines/{id}");
            let package = format!("/quarantines/{id}/package");
            without_its_decider(incident, "lead", &request, || client.get(&package))
        },
    ),
    state(
        PACKAGE,
        (409, "decider-gone"),
        Who::Custodian,
        |incident, client| {
            let notice = body::export("account-notice", &json!({ "account": ["one"] }), RECIPIENT);
            let id = incident.ask_export(&incident.lead(), &notice);
            let request = format!("exports/{id}");
            let package = format!("/exports/{id}/package");
            without_its_decider(incident, "lead", &request, || client.get(&package))
        },
    ),
    state(
        CARRY_OUT,
        (409, "decider-gone"),
        Who::Lead,
        |incident, client| {
            let id = incident.ask_destruction(&incident.case);
            let request = format!("destructions/{id}");
            without_its_decider(incident, "custodian", &request, || carry_out(client, &id))
        },
    ),
    state(STOP, (409, "wrong-state"), Who::Lead, |incident, client| {
        let id = incident.ask_destruction(&incident.case);
        client.post(&format!("/destructions/{id}/stop"), &body::reason())
    }),
    state(
        ADMIT,
        (400, "malformed-query"),
        Who::Custodian,
        |incident, client| {
            client.upload(
                &incident.of_case("/exhibits?colour=red"),
                b"account,number\n",
            )
        },
    ),
    state(
        ADMIT,
        (422, "unreadable"),
        Who::Custodian,
        |incident, client| client.upload(&incident.of_case("/exhibits"), b"no log at all"),
    ),
    state(
        SLOT,
        (409, "keyring-slots"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            client.post(SLOT_CHANGE, &new_passphrase())
        },
    ),
    state(
        SLOT_DECISION,
        (404, "not-found"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            decide_slot(client)
        },
    ),
    state(
        SLOT_DECISION,
        (403, "own-request"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            client
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            decide_slot(client)
        },
    ),
    state(
        SLOT_DECISION,
        (409, "wrong-state"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            decide_slot(client).assert_status(200);
            decide_slot(client)
        },
    ),
    state(
        SLOT_CARRYING_OUT,
        (404, "not-found"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            carry_out_slot(client)
        },
    ),
    state(
        SLOT_CARRYING_OUT,
        (403, "not-the-asker"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            decide_slot(client).assert_status(200);
            carry_out_slot(client)
        },
    ),
    state(
        SLOT_CARRYING_OUT,
        (409, "wrong-state"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            client
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            carry_out_slot(client)
        },
    ),
    state(
        SLOT_CARRYING_OUT,
        (409, "keyring-slots"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            let by_program = json!({
                "change": "add", "kind": "command", "label": "a program", "reason": body::REASON,
            });
            client.post(SLOT_CHANGE, &by_program).assert_status(201);
            decide_slot(&incident.other_administrator()).assert_status(200);
            carry_out_slot(client)
        },
    ),
    state(
        ROTATE,
        (409, "rotation-under-way"),
        Who::Administrator,
        |incident, client| {
            let rotate = || client.post(&incident.of_case("/key/rotation"), &body::reason());
            // One that has ended by then is followed by another one.
            let mut answer = rotate();
            for _ in 0..20 {
                if answer.status != 200 {
                    break;
                }
                answer = rotate();
            }
            answer
        },
    ),
    state(ACCEPT, (409, "clock-right"), Who::Lead, accept),
    state(
        ACCEPT,
        (403, "own-request"),
        Who::Lead,
        |incident, client| {
            incident.clock.jump_seconds(100_000);
            accept(incident, client).assert_status(200);
            accept(incident, client)
        },
    ),
    // The other administrator is nobody after it.
    state(
        "POST /api/v1/operators",
        (409, "administrator-on-host"),
        Who::Administrator,
        |incident, client| {
            incident.other_administrator();
            let body = json!({ "name": "one.more", "role": "administrator" });
            client.post("/operators", &body)
        },
    ),
    state(
        "DELETE /api/v1/operators/{operator}",
        (409, "administrator-on-host"),
        Who::Administrator,
        |incident, client| {
            let other = incident.other_administrator();
            let id = other.get("/me").member("operator");
            client.delete(&format!("/operators/{id}"))
        },
    ),
    state(
        SLOT_DECISION,
        (409, "asker-gone"),
        Who::Administrator,
        |incident, client| {
            no_slot_change(incident);
            let other = incident.other_administrator();
            other
                .post(SLOT_CHANGE, &new_passphrase())
                .assert_status(201);
            let id = other.get("/me").member("operator");
            incident.revoke_on_host(&id);
            decide_slot(client)
        },
    ),
];

#[test]
fn what_the_state_of_things_does_not_allow_is_refused_alike() {
    // The programs of the keyring fail.
    let incidents = pair(
        "[sessions]\nreveal_hours = 1\nexport_hours = 1\n\
         [keyring]\nopen = [\"/bin/false\"]\nwrap = [\"/bin/false\"]\n",
    );
    for state in STATES {
        same(&incidents, state.who, state.send, state.status, state.kind);
    }
}

const DECISIONS: [&str; 9] = [
    "POST /api/v1/destructions/{destruction}/decision",
    "POST /api/v1/erasures/{erasure}/decision",
    "POST /api/v1/exports/{export}/decision",
    "POST /api/v1/memberships/{membership}/decision",
    "POST /api/v1/moves/{move}/decision",
    "POST /api/v1/quarantines/{quarantine}/decision",
    "POST /api/v1/raises/{raise}/decision",
    "POST /api/v1/reveals/{reveal}/decision",
    "POST /api/v1/withdrawals/{withdrawal}/decision",
];

/// The routes that can be refused for what the case holds, by the name of the refusal. Two vaults differ in these, so
/// nothing is compared; each is charged like an answer. May only shrink.
fn by_data(refusal: DataRefusal) -> Vec<&'static str> {
    use DataRefusal as By;
    match refusal {
        By::NoRecord => vec![EXPORTS],
        By::NoSubject => vec![REVEALS, ERASURES],
        By::NoExhibit => vec![SEARCH, SCOPE, EXPORTS],
        By::NoOtherExhibit => vec![DIFFERENCE],
        By::OtherPage => [&[SEARCH][..], &LISTS].concat(),
        By::TooManyCells | By::TooManyNumbers => vec![SCOPE],
        By::AccountNotInLog => vec![MEMBER],
        By::CutTooClose => vec![SCOPE, EXPORTS],
        By::ResultChanged => [
            &[EXPORTS, PACKAGE, OPEN_QUARANTINE, LIST, OPEN, CARRY_OUT][..],
            &DECISIONS,
        ]
        .concat(),
        By::ExhibitWithdrawn => vec![
            QUARANTINE,
            WITHDRAWAL,
            PACKAGE,
            OPEN_QUARANTINE,
            LIST,
            OPEN,
            "POST /api/v1/exports/{export}/decision",
            "POST /api/v1/quarantines/{quarantine}/decision",
            "POST /api/v1/withdrawals/{withdrawal}/decision",
        ],
        By::AdmissionInProgress => vec![ADMIT, ERASE, ROTATE],
        By::AlreadyAdmitted => vec![ADMIT],
        // Whatever is read may be damaged; this route says so, because what it reads is read once.
        By::Damaged => vec![OPEN_QUARANTINE],
    }
}

/// What the API's description says of a route.
fn described(method: &str, path: &str) -> Value {
    let text = include_str!("../../../docs/openapi.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let operation = document["paths"][path][method.to_lowercase()].clone();
    assert!(operation.is_object(), "{method} {path} is not described");
    operation
}

/// Kinds of problems that no two vaults are compared for, and why. May only shrink.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        OPEN_QUARANTINE,
        "asker-gone",
        "the asker is the caller, who is then no member",
    ),
    (
        ADMIT,
        "not-admitted",
        "follows from the file alone; tests/api/exhibit/check.rs",
    ),
    (
        LOOKUPS,
        "nothing-admitted",
        "whoever is told may list the exhibits; tests/api/record/look_up.rs",
    ),
    (
        "*",
        "over-budget",
        "of lookups; prices of the other acts are below every budget",
    ),
    (
        "*",
        "lookups-frozen",
        "one freeze for all that is paid with lookups; tried with them",
    ),
    (
        OPEN,
        "asker-gone",
        "the asker is the caller, who is then no member",
    ),
    (
        PACKAGE,
        "asker-gone",
        "as with the decision; tests/api/case/suspend_member.rs",
    ),
    (
        PACKAGE,
        "not-the-asker",
        "another's request is not found by a liaison",
    ),
    (
        "*",
        "expired",
        "of an approved destruction or erasure; a month later, when every session has ended",
    ),
    (
        "*",
        "package-deleted",
        "a month later; tests/api/network/continued.rs",
    ),
    (
        "*",
        "package-elsewhere",
        "it takes another node that built it; `tests/checks/nodes.rs` has nodes",
    ),
    (
        "*",
        "range-not-satisfiable",
        "says the length of what the caller has",
    ),
    (
        ACKNOWLEDGE,
        "not-the-asker",
        "another's request is not found by a liaison",
    ),
    (
        "POST /api/v1/memberships/{membership}/decision",
        "outside-cases",
        "a profession does not change after it was looked at",
    ),
    (
        "POST /api/v1/cases",
        "outside-cases",
        "the policy refuses them first",
    ),
    (
        ADMIT,
        "admission-cancelled",
        "a file is stopped on its way; tests/api/exhibit/cancel.rs",
    ),
    (
        PACKAGE,
        "package-cancelled",
        "a package is stopped while it is built; tests/api/export/cancel.rs",
    ),
    (
        LIST,
        "package-cancelled",
        "a list is stopped while it is built; tests/api/export/cancel.rs",
    ),
    (
        "DELETE /api/v1/cases/{case}/admissions/current",
        "own-request",
        "not of this act: whoever began it may stop it",
    ),
    (
        "DELETE /api/v1/cases/{case}/admissions/current",
        "not-the-asker",
        "a file must be on its way; tests/api/exhibit/cancel.rs",
    ),
    (
        "DELETE /api/v1/cases/{case}/admissions/current",
        "wrong-state",
        "a file must be on its way; tests/api/exhibit/cancel.rs",
    ),
    (
        EXPORTS,
        "exhibit-withdrawn",
        "an exhibit is withdrawn between the count and the request; whoever asks may list the exhibits",
    ),
    (
        "*",
        "recognised-by-asker",
        "it takes somebody who came by an OpenID provider; tests/api/console/provider.rs",
    ),
    (
        REOPEN,
        "too-many-open",
        "of a case on hold; one limit with its closing, which is compared",
    ),
    (
        "*",
        "node-silent",
        "it follows from whether another node answers; `tests/checks/peers.rs` has nodes",
    ),
];
const EXCEPTIONS_AT_MOST: usize = 25;

#[test]
fn every_refusal_of_every_route_is_compared_or_is_an_exception() {
    let paid = PRICED.iter().map(|act| (act.route, "budget-spent"));
    let frozen = [(LOOKUPS, "over-budget"), (LOOKUPS, "lookups-frozen")];
    let decided = KINDS
        .iter()
        .flat_map(|kind| OF_DECISIONS.map(|refusal| (kind.decision, refusal)));
    let states = STATES.iter().map(|state| (state.route, state.kind));
    let asks = ASKS.iter().map(|route| (*route, "too-many-open"));
    let cases = [(OPEN_A_CASE, "too-many-cases")];
    let unknown = ROWS.iter().filter(|row| row.route.contains('{'));
    let closed = ROWS.iter().filter(|row| rests(row.route));
    let compared: BTreeSet<(&str, &str)> = paid
        .chain(frozen)
        .chain(decided)
        .chain(states)
        .chain(asks)
        .chain(cases)
        .chain(unknown.map(|row| (row.route, "not-found")))
        .chain(closed.map(|row| (row.route, "case-closed")))
        .collect();
    let of_data: BTreeSet<(&str, &str)> = DataRefusal::ALL
        .iter()
        .flat_map(|one| by_data(*one).into_iter().map(|route| (route, one.kind())))
        .collect();
    // What follows from the request alone is compared for these, whatever else of the kind depends on data.
    let queries = wrong_queries();
    let wrong = WRONG.iter().map(|act| act.route);
    let wrong: BTreeSet<&str> = wrong
        .chain(queries.iter().map(|(route, _)| *route))
        .collect();
    let mut seen_of_data = BTreeSet::new();
    let excepted = |route: &str, kind: &str| {
        let covers =
            |(of, what, _): &&(&str, &str, &str)| (*of == "*" || *of == route) && *what == kind;
        EXCEPTIONS
            .iter()
            .find(covers)
            .map(|(of, what, _)| (*of, *what))
    };
    let mut missing = Vec::new();
    let mut used = BTreeSet::new();
    for route in table()
        .iter()
        .filter(|route| route.action.is_some() && route.session)
    {
        let name = format!("{} {}", route.method, route.path);
        let row = ROWS.iter().find(|row| row.route == name);
        assert!(row.is_some(), "{name} is in no table");
        // Any body is sent with a member that it may not have; a query has to be in a table.
        let operation = described(route.method.as_str(), &route.path);
        let parameters = operation["parameters"].as_array();
        let takes_query = parameters.is_some_and(|all| all.iter().any(|one| one["in"] == "query"));
        let json = &operation["requestBody"]["content"]["application/json"];
        if takes_query && !wrong.contains(name.as_str()) {
            missing.push((name.clone(), "invalid"));
        }
        if of_data.contains(&(name.as_str(), "invalid")) && (takes_query || json.is_object()) {
            seen_of_data.insert((name.clone(), "invalid"));
        }
        for kind in route.docs.problems.iter().copied() {
            if of_data.contains(&(name.as_str(), kind)) {
                seen_of_data.insert((name.clone(), kind));
                continue;
            }
            // A closed case can be read.
            let other = kind == "case-closed" && !rests(&name);
            if other || compared.contains(&(name.as_str(), kind)) {
                continue;
            }
            match excepted(&name, kind) {
                Some(exception) => drop(used.insert(exception)),
                None => missing.push((name.clone(), kind)),
            }
        }
    }
    for (route, kind) in &compared {
        println!("{kind:<16} {route}");
    }
    for (route, kind, why) in EXCEPTIONS {
        println!("{kind:<16} {route}: not compared, {why}");
    }
    assert!(
        missing.is_empty(),
        "neither compared nor excepted: {missing:#?}"
    );
    let unused: Vec<_> = of_data
        .iter()
        .filter(|(route, kind)| !seen_of_data.contains(&((*route).to_owned(), *kind)))
        .collect();
    assert!(
        unused.is_empty(),
        "no route is refused so for what a case holds: {unused:#?}"
    );
    assert!(
        EXCEPTIONS.len() <= EXCEPTIONS_AT_MOST,
        "the exceptions may only shrink"
    );
    for (route, kind, _) in EXCEPTIONS {
        assert!(
            used.contains(&(*route, *kind)),
            "nothing needs the exception {route} {kind}"
        );
    }
    // Whoever may not is compared on every route that somebody may not use.
    for row in ROWS.iter().filter(|row| row.denied.is_none()) {
        assert!(
            !needs_case(action(row.route)),
            "{} is for everybody",
            row.route
        );
    }
}
