//! A lead asks to close a case or to lift its hold; nothing changes by that.

use super::{ask, state};
use crate::support::{Incident, Who};

#[test]
fn a_lead_asks_and_nobody_else_and_the_case_stays_as_it_is() {
    let incident = Incident::new();
    for act in ["close", "reopen"] {
        for (who, status, kind) in [
            (Who::Custodian, 403, "not-allowed"),
            (Who::Investigator, 403, "not-allowed"),
            (Who::Liaison, 403, "not-allowed"),
            (Who::Outsider, 404, "not-found"),
            (Who::Administrator, 404, "not-found"),
            (Who::Auditor, 404, "not-found"),
        ] {
            ask(&incident, &incident.client(who), act).assert_problem(status, kind);
        }
    }
    let lead = incident.lead();
    let asked = ask(&incident, &lead, "close").assert_status(200);
    assert_eq!(asked.member("state"), "open");
    assert!(asked.member("move").starts_with("v_"), "{}", asked.text());
    assert!(asked.json()["expires_at"].is_string());
    let leaf = incident.leaf(asked.leaf().unwrap());
    assert_eq!(leaf["action"], "case.close");
    assert_eq!(leaf["object"], asked.member("move").as_str());
    assert_eq!(state(&incident), "open");

    // The hold stops the closing that was asked for, and lifting it is asked for too.
    let held = ask(&incident, &lead, "hold").assert_status(200).json();
    assert_eq!(held["state"], "held");
    assert_eq!(held["requests_ended"], 1);
    let lifting = ask(&incident, &incident.second_lead(), "reopen").assert_status(200);
    assert_eq!(lifting.member("state"), "held");
    let leaf = incident.leaf(lifting.leaf().unwrap());
    assert_eq!(leaf["action"], "case.reopen");
    assert_eq!(leaf["object"], lifting.member("move").as_str());
    assert_eq!(state(&incident), "held");
}
