//! Another lead or the custodian says yes or no.

use serde_json::json;

use super::{ask, decide, state};
use crate::support::{Incident, Who, body};

#[test]
fn a_yes_of_somebody_else_moves_the_case_and_a_no_does_not() {
    let incident = Incident::new();
    let lead = incident.lead();
    for (who, act, then) in [
        (Who::SecondLead, "close", "closed"),
        (Who::Custodian, "close", "closed"),
    ] {
        let denied = ask(&incident, &lead, act).assert_status(200).member("move");
        let no = decide(&incident.client(who), &denied, &body::deny()).assert_status(200);
        assert_eq!(no.member("state"), "denied");
        assert_eq!(state(&incident), "open");
        let asked = ask(&incident, &lead, act).assert_status(200).member("move");
        let yes = decide(&incident.client(who), &asked, &body::approve()).assert_status(200);
        let leaf = incident.leaf(yes.leaf().unwrap());
        assert_eq!(leaf["action"], "move.decide");
        assert_eq!(leaf["decision"], "approve");
        assert_eq!(leaf["object"], asked.as_str());
        assert_eq!(state(&incident), then);
        // What is closed, one lead opens again.
        incident.work_on(&incident.case);
        assert_eq!(state(&incident), "open");
    }
    let hold = incident.of_case("/hold");
    for who in [Who::SecondLead, Who::Custodian] {
        lead.post(&hold, &body::reason()).assert_status(200);
        let asked = ask(&incident, &lead, "reopen").assert_status(200);
        let asked = asked.member("move");
        decide(&incident.client(who), &asked, &body::approve()).assert_status(200);
        assert_eq!(state(&incident), "open");
        decide(&incident.client(who), &asked, &body::approve()).assert_problem(409, "wrong-state");
    }
}

#[test]
fn nobody_decides_their_own_and_nobody_else_decides() {
    let incident = Incident::new();
    incident
        .second_lead()
        .post(&incident.of_case("/hold"), &body::reason())
        .assert_status(200);
    let asked = ask(&incident, &incident.lead(), "reopen").assert_status(200);
    let asked = asked.member("move");
    for (who, status, kind) in [
        (Who::Lead, 403, "own-request"),
        (Who::Investigator, 403, "not-allowed"),
        (Who::Liaison, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
    ] {
        let decided = decide(&incident.client(who), &asked, &body::approve());
        decided.assert_problem(status, kind);
    }
    assert_eq!(state(&incident), "held");
    // What a lead asked for who is suspended now is not done; it can be denied.
    let case = &incident.case;
    incident
        .suspend(case, Who::SecondLead, Who::Lead)
        .assert_status(200);
    let custodian = incident.custodian();
    decide(&custodian, &asked, &body::approve()).assert_problem(409, "asker-gone");
    decide(&custodian, &asked, &body::deny()).assert_status(200);
}

#[test]
fn a_decision_comes_in_time_and_is_about_the_state_that_was_asked_about() {
    let incident = Incident::new();
    let lead = incident.lead();
    let (custodian, second) = (incident.custodian(), incident.second_lead());
    let asked = |act: &str| {
        let asked = ask(&incident, &lead, act).assert_status(200);
        asked.member("move")
    };
    let hold = || {
        let held = second.post(&incident.of_case("/hold"), &body::reason());
        held.assert_status(200);
    };
    // Of two that were asked, one is enough, and the other one is about a state that is over.
    hold();
    let (one, other) = (asked("reopen"), asked("reopen"));
    decide(&custodian, &one, &body::approve()).assert_status(200);
    decide(&second, &other, &body::approve()).assert_problem(409, "result-changed");
    // A later hold is not lifted by what was asked about an earlier one.
    hold();
    decide(&custodian, &other, &body::approve()).assert_problem(409, "wrong-state");
    let read = lead
        .get(&format!("/moves/{other}"))
        .assert_status(200)
        .json();
    assert_eq!(read["state"], "stopped");
    assert_eq!(read["stopped"]["by"], "lead.two");
    assert_eq!(super::state(&incident), "held");
    incident.work_on(&incident.case);
    // Nor is what was reopened closed by what was asked before.
    let (one, other) = (asked("close"), asked("close"));
    decide(&custodian, &one, &body::approve()).assert_status(200);
    decide(&custodian, &other, &body::approve()).assert_problem(409, "case-closed");
    incident.work_on(&incident.case);
    decide(&custodian, &other, &body::approve()).assert_problem(409, "wrong-state");
    // In time.
    let late = asked("close");
    incident.clock.advance_seconds(24 * 3600);
    incident.forget_sessions();
    decide(&incident.custodian(), &late, &body::approve()).assert_problem(409, "expired");
}

#[test]
fn what_a_yes_did_at_once_stays_as_it_was_decided() {
    let incident = Incident::new();
    let lead = incident.lead();
    let read = |path: &str| incident.lead().get(path).assert_status(200).json();
    let is_done = |path: &str| {
        let read = read(path);
        assert_eq!(read["state"], "approved", "{path} {read}");
        assert!(read.get("stopped").is_none(), "{path} {read}");
    };
    // Neither a reopening nor a hold stops what was done; there is nothing to stop.
    let closing = ask(&incident, &lead, "close").assert_status(200);
    let closing = format!("/moves/{}", closing.member("move"));
    let yes = |path: &str, who: Who| {
        let decision = format!("{path}/decision");
        let decided = incident.client(who).post(&decision, &body::approve());
        decided.assert_status(200);
    };
    yes(&closing, Who::Custodian);
    incident.work_on(&incident.case);
    is_done(&closing);
    let hold = || {
        let held = incident.second_lead();
        let held = held.post(&incident.of_case("/hold"), &body::reason());
        assert_eq!(held.assert_status(200).json()["requests_ended"], 0);
    };
    hold();
    let lifting = ask(&incident, &lead, "reopen").assert_status(200);
    let lifting = format!("/moves/{}", lifting.member("move"));
    yes(&lifting, Who::Custodian);
    hold();
    is_done(&lifting);
    incident.move_by_two(&incident.case, "reopen");
    // Nor does the end of the membership of who asked, or decided, or time.
    let raise = incident.ask_raise(&incident.investigator(), 10);
    let raise = format!("/raises/{raise}");
    yes(&raise, Who::Lead);
    let withdrawal = incident.ask_withdrawal_of_a_fresh_one();
    let withdrawal = format!("/withdrawals/{withdrawal}");
    yes(&withdrawal, Who::Lead);
    let membership = incident.ask_membership("somebody.else");
    let membership = format!("/memberships/{membership}");
    yes(&membership, Who::SecondLead);
    for who in [Who::Investigator, Who::Custodian] {
        let member = incident.of_case(&format!("/members/{}", incident.operator(who)));
        let removed = incident.lead().delete_with(&member, &body::reason());
        assert_eq!(
            removed.assert_status(200).json(),
            json!({ "requests_ended": 0 })
        );
    }
    let suspended = incident.suspend(&incident.case, Who::Lead, Who::SecondLead);
    suspended.assert_status(200);
    incident.clock.advance_seconds(2 * 86_400);
    incident.forget_sessions();
    for path in [&closing, &lifting, &raise, &withdrawal, &membership] {
        is_done(path);
    }
}
