//! Every route is tested without a session, by somebody who may not use it, and by somebody who
//! may.

use std::collections::BTreeSet;

use breachvault::http::table;

use super::routes::{OPEN, ROWS, ask, ask_open, client, work_on};
use crate::support::Incident;

/// Routes that are not tested like the others. May only shrink.
const EXCEPTIONS: &str = include_str!("../route_exceptions.txt");
const EXCEPTIONS_AT_MOST: usize = 11;

fn exceptions() -> BTreeSet<&'static str> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
    lines.filter(|line| !line.is_empty()).collect()
}

fn served() -> BTreeSet<String> {
    table()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect()
}

#[test]
fn every_route_is_tested_or_is_an_exception_that_stands_in_the_file() {
    let tested: BTreeSet<String> = ROWS
        .iter()
        .map(|row| row.route)
        .chain(OPEN)
        .chain(exceptions())
        .map(str::to_owned)
        .collect();
    assert_eq!(served(), tested);
    assert!(
        exceptions().len() <= EXCEPTIONS_AT_MOST,
        "the exceptions may only shrink"
    );
}

#[test]
fn an_exception_is_a_route_that_acts_on_nothing() {
    for route in table() {
        let name = format!("{} {}", route.method, route.path);
        let plain = route.action.is_none() && !route.session;
        assert_eq!(plain, exceptions().contains(name.as_str()), "{name}");
    }
}

#[test]
fn every_route_answers_nobody_the_denied_and_the_granted() {
    let incident = Incident::new();
    for row in ROWS {
        let asked = ask(&incident, row.route);
        let nobody = asked.send(&incident.anonymous());
        assert_eq!(nobody.status, 401, "{}: {}", row.route, nobody.text());
        assert_eq!(nobody.leaf(), None, "{}", row.route);
        if let Some((who, status)) = row.denied {
            let denied = asked.send(&client(&incident, row.route, who));
            assert_eq!(denied.status, status, "{}: {}", row.route, denied.text());
            assert!(denied.leaf().is_some(), "{}", row.route);
        }
        let granted = asked.send(&client(&incident, row.route, row.granted));
        let told = table()
            .into_iter()
            .find(|route| format!("{} {}", route.method, route.path) == row.route)
            .unwrap();
        assert_eq!(granted.status, told.status.as_u16(), "{}", row.route);
        assert!(granted.leaf().is_some(), "{}", row.route);
        work_on(&incident);
    }
    for route in OPEN {
        let path = route.split_once("/api/v1").unwrap().1;
        let body = ask_open(&incident, route);
        let answer = incident.anonymous().post(path, &body).assert_status(201);
        assert!(answer.leaf().is_some());
    }
}

#[test]
fn what_anybody_may_read_is_read_without_a_session_and_leaves_no_leaf() {
    let incident = crate::support::shared();
    for route in exceptions() {
        let (method, path) = route.split_once(' ').unwrap();
        let answer = incident
            .anonymous()
            .send(method.parse().unwrap(), path, &[], &[]);
        let answer = answer.assert_status(200);
        assert_eq!(answer.leaf(), None, "{route}");
        let text = answer.text();
        for message in incident.log.messages.iter().take(200) {
            assert!(!text.contains(&message.number[1..]), "{route}");
        }
        assert!(!text.contains(&incident.case), "{route}");
    }
}

#[test]
fn where_there_is_no_route_there_is_a_problem_and_no_echo() {
    let incident = crate::support::shared();
    for path in [
        "/api/v1/numbers/+447700900123",
        "/%2B447700900123",
        "/api/v1/cases/x/lookups/447700900123",
    ] {
        for client in [incident.anonymous(), incident.lead()] {
            let answer = client.send(ureq::http::Method::GET, path, &[], &[]);
            let answer = answer.assert_problem(404, "not-found");
            assert!(!answer.text().contains("7700"), "{}", answer.text());
        }
    }
    let answer = incident
        .lead()
        .send(ureq::http::Method::PUT, "/api/v1/me", &[], b"x");
    answer.assert_problem(405, "method-not-allowed");
}
