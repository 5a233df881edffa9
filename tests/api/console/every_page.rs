//! Every page, asked for by everybody: who may gets it, everybody else gets a page that says why not, and no page holds
//! a number that was not revealed.

use std::collections::BTreeSet;

use breachvault::http::page_table;
use ureq::http::Method;

use crate::support::{Answer, Browser, Incident, Who, body};

/// A page, who gets it, and for everybody else the status of the refusal.
struct Row {
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
    granted: &'static [Who],
    status: u16,
}

const EVERYBODY: &[Who] = &Who::ALL;
const MEMBERS: &[Who] = &[
    Who::Investigator,
    Who::Lead,
    Who::SecondLead,
    Who::Custodian,
    Who::Liaison,
];
const CASE_WORKERS: &[Who] = &[
    Who::Investigator,
    Who::Lead,
    Who::SecondLead,
    Who::Custodian,
    Who::Liaison,
    Who::Outsider,
];

const ROWS: &[Row] = &[
    get("GET /console", EVERYBODY),
    get("GET /console/cases", CASE_WORKERS),
    get("GET /console/cases/new", EVERYBODY),
    get("GET /console/cases/{case}", MEMBERS),
    get("GET /console/cases/{case}/lookup", MEMBERS),
    Row {
        page: "POST /console/cases/new",
        fields: &[
            ("title", "A case of the tests"),
            ("reference", "T-1"),
            ("reason", body::REASON),
        ],
        granted: &[Who::Lead, Who::SecondLead],
        status: 303,
    },
    Row {
        page: "POST /console/cases/{case}/lookup",
        fields: &[
            ("numbers", "{number}"),
            ("purpose", "scoping"),
            ("reason", body::REASON),
        ],
        granted: &[Who::Investigator, Who::Lead, Who::SecondLead, Who::Liaison],
        status: 200,
    },
    // The last one: it ends the session.
    Row {
        page: "POST /console/sign-out",
        fields: &[],
        granted: EVERYBODY,
        status: 303,
    },
];

const fn get(page: &'static str, granted: &'static [Who]) -> Row {
    Row {
        page,
        fields: &[],
        granted,
        status: 200,
    }
}

#[test]
fn every_page_is_in_the_table() {
    let served: BTreeSet<String> = page_table()
        .iter()
        .filter(|page| page.action.is_some())
        .map(|page| format!("{} {}", page.method, page.path))
        .collect();
    let tested = ROWS.iter().map(|row| row.page.to_owned()).collect();
    assert_eq!(served, tested);
}

#[test]
fn every_page_is_for_those_who_may_and_tells_everybody_else_why_not() {
    let incident = Incident::new();
    let number = incident.log.messages[0].number.clone();
    let numbers: BTreeSet<&str> = incident
        .log
        .messages
        .iter()
        .map(|message| &message.number[message.number.len() - 9..])
        .collect();
    for who in Who::ALL {
        let browser = Browser::signed_in(&incident, who);
        for row in ROWS {
            let answer = ask(&incident, &browser, row, &number);
            let text = answer.text();
            match row.granted.contains(&who) {
                true => assert_eq!(answer.status, row.status, "{who:?} {}: {text}", row.page),
                false => {
                    assert!(
                        matches!(answer.status, 403 | 404),
                        "{who:?} {}: {text}",
                        row.page
                    );
                    assert!(text.contains("<h1>"), "{text}");
                    assert!(answer.status == 404 || text.contains("Who can: "), "{text}");
                }
            }
            assert!(answer.leaf().is_some(), "{who:?} {}", row.page);
            for digits in &numbers {
                assert!(!text.contains(digits), "{who:?} {}", row.page);
            }
        }
    }
}

#[test]
fn nobody_gets_a_page_without_a_session() {
    let incident = crate::support::shared();
    let browser = Browser::of(incident);
    for row in ROWS {
        let answer = ask(incident, &browser, row, "+447700900999");
        assert_eq!(answer.leaf(), None, "{}", row.page);
        match row.page.starts_with("GET") {
            true => {
                assert_eq!(answer.status, 303, "{}", row.page);
                let to = answer.header("location").unwrap();
                assert!(to.starts_with("/console/sign-in?next=/console"), "{to}");
            }
            false => {
                assert_eq!(answer.status, 401, "{}", row.page);
                assert!(answer.text().contains("<h1>Sign in</h1>"));
                assert!(!answer.text().contains("7700900999"), "{}", row.page);
            }
        }
    }
}

#[test]
fn the_head_of_a_page_is_not_to_be_had() {
    let incident = crate::support::shared();
    let browser = Browser::signed_in(incident, Who::Lead);
    let own = [("sec-fetch-site", "same-origin")];
    let answer = browser.send(Method::HEAD, "/console", &own, &[]);
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET"));
}

fn ask(incident: &Incident, browser: &Browser, row: &Row, number: &str) -> Answer {
    let (method, path) = row.page.split_once(' ').unwrap();
    let path = path.replace("{case}", &incident.case);
    if method == "GET" {
        return browser.get(&path);
    }
    let fields: Vec<(&str, &str)> = row
        .fields
        .iter()
        .map(|(name, value)| match *value {
            "{number}" => (*name, number),
            value => (*name, value),
        })
        .collect();
    browser.submit(&path, &fields)
}
