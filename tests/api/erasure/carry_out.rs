//! A lead or a custodian carries out what was approved, and the number is answered as absent.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::json;
use ureq::http::Method;

use super::{NUMBER, approved, ask, carry_out, decide, incident, state};
use crate::support::{Browser, TestVault, Who, body};
use crate::tables::only_on_sqlite;

/// Somebody outside of the vault reads its database until this is dropped.
#[expect(
    clippy::disallowed_methods,
    reason = "somebody beside the vault reads its database"
)]
fn reader(vault: &TestVault) -> Connection {
    let connection = Connection::open(vault.paths.database()).unwrap();
    connection
        .execute_batch("BEGIN; SELECT count(*) FROM leaf")
        .unwrap();
    connection
}

#[test]
fn what_was_approved_is_carried_out_once_by_a_lead_or_a_custodian() {
    let incident = incident();
    let asked = ask(&incident, &incident.investigator(), NUMBER).assert_status(201);
    let early = carry_out(&incident.custodian(), &asked.member("erasure"));
    early.assert_problem(409, "wrong-state");
    let erasure = approved(&incident, NUMBER);
    for (who, status, kind) in [
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
    ] {
        carry_out(&incident.client(who), &erasure).assert_problem(status, kind);
    }
    let hold = incident.of_case("/hold");
    incident
        .lead()
        .post(&hold, &body::reason())
        .assert_status(200);
    carry_out(&incident.custodian(), &erasure).assert_problem(409, "wrong-state");
    incident.move_by_two(&incident.case, "reopen");
    carry_out(&incident.custodian(), &erasure).assert_problem(409, "wrong-state");
    let read = incident.lead().get(&format!("/erasures/{erasure}"));
    let read = read.assert_status(200).json();
    assert_eq!(read["state"], "stopped", "{read}");
    assert_eq!(read["stopped"]["by"], "lead.one", "{read}");
    assert_eq!(state(&incident, NUMBER), "exposed");
    let erasure = approved(&incident, NUMBER);
    let done = carry_out(&incident.custodian(), &erasure).assert_status(200);
    assert_eq!(done.member("state"), "used");
    assert_eq!(state(&incident, NUMBER), "not_exposed");
    assert_eq!(state(&incident, "+447700900002"), "exposed");
    carry_out(&incident.custodian(), &erasure).assert_problem(409, "wrong-state");
}

#[test]
fn an_erasure_that_cannot_be_ended_is_told_to_those_it_concerns() {
    only_on_sqlite!();
    let incident = incident();
    for who in [Who::SecondLead, Who::Administrator, Who::Auditor] {
        incident.client(who);
    }
    let erasure = approved(&incident, NUMBER);
    let reader = reader(&incident);
    carry_out(&incident.custodian(), &erasure).assert_status(200);
    let anybody = |path: &str| {
        let answer = incident.anonymous().send(Method::GET, path, &[], &[]);
        answer.assert_status(200).text()
    };
    let until_ready_says = |all_is_well: bool| {
        let begun = Instant::now();
        while (anybody("/readyz") == "ready\n") != all_is_well {
            assert!(begun.elapsed() < Duration::from_secs(90));
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until_ready_says(false);
    let told = anybody("/readyz");
    assert!(
        told.starts_with("ready\nan erasure cannot be ended"),
        "{told}"
    );
    let gauge = "\nbreachvault_erasures_held_up ";
    assert!(anybody("/metrics").contains(&format!("{gauge}1\n")));
    let health = || {
        let health = incident.auditor().get("/health").assert_status(200).json();
        health["erasures"].clone()
    };
    assert_eq!(health()["held_up"], 1);
    assert!(health()["since"].is_string());
    let task = |who: Who| {
        let inbox = incident.client(who).get("/inbox").assert_status(200).json();
        let tasks = inbox["tasks"].as_array().unwrap().clone();
        tasks.into_iter().find(|task| task["kind"] == "erasure")
    };
    for who in [
        Who::Investigator,
        Who::Lead,
        Who::SecondLead,
        Who::Custodian,
    ] {
        let task = task(who).unwrap();
        assert_eq!(task["case"], incident.case.as_str(), "{who:?}");
        assert!(task["title"].is_string(), "{task}");
        assert_eq!(task["yours"], false, "{who:?}");
    }
    let administrators = task(Who::Administrator).unwrap();
    assert_eq!(administrators["yours"], true);
    assert!(administrators.get("title").is_none(), "{administrators}");
    for who in [Who::Liaison, Who::Auditor, Who::Outsider] {
        assert_eq!(task(who), None, "{who:?}");
    }
    let home = Browser::signed_in(&incident, Who::Lead).get("/console");
    assert!(home.text().contains("An erasure cannot be ended"));
    let page = Browser::signed_in(&incident, Who::Auditor).get("/console/health");
    assert!(page.text().contains("an erasure cannot be ended"));
    // It answers as absent all the while.
    assert_eq!(state(&incident, NUMBER), "not_exposed");

    drop(reader);
    until_ready_says(true);
    assert!(anybody("/metrics").contains(&format!("{gauge}0\n")));
    assert_eq!(health(), json!({ "held_up": 0, "since": null }));
    assert_eq!(task(Who::Lead), None);
}

#[test]
fn what_a_member_approved_ends_with_their_membership_and_what_others_approved_does_not() {
    let incident = incident();
    let case = &incident.case;
    let decided = |who: Who| {
        let asked = ask(&incident, &incident.investigator(), NUMBER).assert_status(201);
        let erasure = asked.member("erasure");
        let yes = decide(&incident.client(who), &erasure, &body::approve());
        yes.assert_status(200);
        erasure
    };
    let waiting = ask(&incident, &incident.investigator(), NUMBER).assert_status(201);
    let waiting = waiting.member("erasure");
    let (gone, stays) = (decided(Who::Custodian), decided(Who::SecondLead));
    let suspended = incident.suspend(case, Who::Lead, Who::Custodian);
    suspended.assert_status(200);
    let shown = |erasure: &str| {
        let read = incident.investigator().get(&format!("/erasures/{erasure}"));
        read.assert_status(200).json()
    };
    // Whoever asked is told by whom, and not for which reason somebody was suspended.
    let told = shown(&gone);
    assert_eq!(told["state"], "stopped", "{told}");
    assert_eq!(told["stopped"]["by"], Who::Lead.name(), "{told}");
    assert_ne!(told["stopped"]["reason"], body::REASON, "{told}");
    assert_eq!(shown(&stays)["state"], "approved");
    assert_eq!(shown(&waiting)["state"], "requested");
    let leaves = |who: Who| {
        let path = format!("/requests/{gone}/leaves");
        let listed = incident.client(who).get(&path).assert_status(200).json();
        let all = listed["leaves"].as_array().unwrap().clone();
        let mut all = all.into_iter();
        all.find(|one| one["action"] == "member.suspend").unwrap()
    };
    assert_eq!(leaves(Who::Auditor)["reason"], body::REASON);
    let told = leaves(Who::Investigator);
    assert!(told.get("reason").is_none(), "{told}");
    // It stays so when they are back; another one is carried out.
    incident.name_member(case, Who::Custodian, "custodian", None);
    carry_out(&incident.lead(), &gone).assert_problem(409, "wrong-state");
    assert_eq!(state(&incident, NUMBER), "exposed");
    carry_out(&incident.custodian(), &stays).assert_status(200);
    assert_eq!(state(&incident, NUMBER), "not_exposed");
}
