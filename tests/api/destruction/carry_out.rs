//! A case ends, and then there is nothing of it but its certificate.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use ureq::http::Method;

use super::{NUMBER, approved, carry_out, incident, signed};
use crate::support::{Answer, Browser, Who, body, fresh_csv};

#[test]
fn a_case_ends_after_its_delay_and_everything_on_it_answers_alike() {
    let incident = incident();
    let destruction = approved(&incident);
    // Recognised while the case is open.
    for who in [Who::Custodian, Who::Investigator, Who::Liaison] {
        incident.client(who);
    }
    let by = |who| carry_out(&incident.client(who), &destruction);
    let early = by(Who::Lead).assert_problem(409, "delay-runs");
    assert!(early.header("retry-after").is_some());
    incident.clock.advance_seconds(61);
    by(Who::Investigator).assert_problem(403, "not-allowed");
    by(Who::Outsider).assert_problem(404, "not-found");
    let lead = incident.lead();
    let reopen = incident.of_case("/reopen");

    let ended = by(Who::SecondLead).assert_status(200);
    assert_eq!(ended.member("state"), "destroyed");
    assert_eq!(ended.member("case"), incident.case);
    let leaf = incident.leaf(ended.leaf().unwrap());
    assert_eq!(leaf["action"], "destruction.carry-out");
    for _ in 0..2 {
        let gone = |answer: crate::support::Answer| {
            answer.assert_problem(409, "case-destroyed");
        };
        gone(incident.look_up(&incident.investigator(), &[NUMBER]));
        gone(incident.look_up(&incident.liaison(), &[NUMBER]));
        let search = incident.of_case("/records/search");
        gone(
            incident
                .investigator()
                .post(&search, &body::search(&json!({}))),
        );
        gone(incident.admit(&fresh_csv()));
        gone(lead.post(&reopen, &body::reason()));
        gone(lead.get(&incident.of_case("/overview")));
        gone(lead.get(&incident.of_case("/members")));
        gone(lead.get(&incident.of_case("/reveals")));
        gone(lead.get(&format!("/destructions/{destruction}")));
        gone(by(Who::Custodian));
        let outsider = incident.client(Who::Outsider);
        outsider.get(&incident.of_case("")).assert_status(404);
        // An administrator can still suspend somebody there, with nothing of theirs left to stop.
        let second = incident.operator(Who::SecondLead);
        let suspension = incident.of_case(&format!("/members/{second}/suspension"));
        let administrator = incident.administrator();
        let suspended = administrator.post(&suspension, &body::reason());
        suspended.assert_status(200);
        // Nothing of it waits for anybody, and the other pages go on.
        let inbox = lead.get("/inbox").assert_status(200).json();
        assert_eq!(inbox["waiting"], json!([]));
        let me = lead.get("/me").assert_status(200).json();
        assert_eq!(me["cases"], json!([]));
        let cases = lead.get("/cases").assert_status(200).json();
        assert_eq!(cases["cases"][0]["state"], "destroyed");
        // Once more when the rows are gone too.
        signed(&incident);
    }
}

#[test]
fn nobody_alone_ends_a_case_past_the_hold_of_another_lead() {
    let incident = incident();
    let (lead, second) = (incident.lead(), incident.second_lead());
    let destruction = approved(&incident);
    incident.clock.advance_seconds(61);
    let hold = incident.of_case("/hold");
    second.post(&hold, &body::reason()).assert_status(200);
    let shown = || {
        let read = lead.get(&format!("/destructions/{destruction}"));
        read.assert_status(200).json()
    };
    assert_eq!(shown()["state"], "stopped");
    assert_eq!(shown()["stopped"]["by"], Who::SecondLead.name());
    assert_eq!(shown()["decided_by"], Who::Custodian.name());
    let by = |who| carry_out(&incident.client(who), &destruction);
    by(Who::Lead).assert_problem(409, "wrong-state");
    // One lead alone lifts no hold, and gets rid of nobody by suspending them.
    let lifting = incident.ask_move(&incident.case, "reopen");
    let suspended = incident.suspend(&incident.case, Who::Lead, Who::SecondLead);
    suspended.assert_status(200);
    let decision = format!("/moves/{lifting}/decision");
    lead.post(&decision, &body::approve())
        .assert_problem(403, "own-request");
    let state = || {
        lead.get(&incident.of_case(""))
            .assert_status(200)
            .member("state")
    };
    assert_eq!(state(), "held");
    by(Who::Lead).assert_problem(409, "wrong-state");
    // With the custodian the hold is lifted. What was approved before it stays stopped, and begins anew with its delay.
    incident
        .custodian()
        .post(&decision, &body::approve())
        .assert_status(200);
    assert_eq!(state(), "open");
    incident.clock.advance_seconds(61);
    by(Who::Lead).assert_problem(409, "wrong-state");
    by(Who::Custodian).assert_problem(409, "wrong-state");
    let anew = approved(&incident);
    carry_out(&lead, &anew).assert_problem(409, "delay-runs");
}

#[test]
fn an_approval_does_not_outlive_the_right_of_whoever_gave_it() {
    let incident = incident();
    let (case, custodian) = (&incident.case, incident.operator(Who::Custodian));
    let member = incident.of_case(&format!("/members/{custodian}"));
    let ends: [(&dyn Fn() -> Answer, &str); 3] = [
        (
            &|| incident.suspend(case, Who::Lead, Who::Custodian),
            "was suspended in the case",
        ),
        // In another role they could not have approved it.
        (
            &|| {
                let named = incident
                    .lead()
                    .put(&member, &json!({ "role": "investigator" }));
                let named = named.assert_status(200).member("membership");
                let decision = format!("/memberships/{named}/decision");
                incident.second_lead().post(&decision, &body::approve())
            },
            "has another role in the case now",
        ),
        (
            &|| incident.lead().delete_with(&member, &body::reason()),
            "is no member of the case any more",
        ),
    ];
    for (end, words) in ends {
        let destruction = approved(&incident);
        incident.clock.advance_seconds(61);
        let ended = end().assert_status(200).leaf().unwrap();
        let by_lead = || carry_out(&incident.lead(), &destruction);
        by_lead().assert_problem(409, "wrong-state");
        let read = incident.lead().get(&format!("/destructions/{destruction}"));
        let read = read.assert_status(200).json();
        assert_eq!(read["state"], "stopped", "{read}");
        assert_eq!(read["decided_by"], Who::Custodian.name(), "{read}");
        let reason = read["stopped"]["reason"].as_str().unwrap();
        assert_eq!(reason, format!("whoever approved this {words}"));
        let told = incident.auditor().get(&format!("/audit/leaves/{ended}"));
        let told = told.assert_status(200).json();
        assert_eq!(
            told["detail"]["detail"]["found"]["approvals_ended"], 1,
            "{told}"
        );
        assert_eq!(
            told["detail"]["detail"]["found"]["approvals"],
            json!([destruction]),
            "{told}"
        );
        let leaves = format!("/requests/{destruction}/leaves");
        let leaves = incident.auditor().get(&leaves).assert_status(200).json();
        assert!(
            leaves["leaves"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["leaf"] == ended),
            "{leaves}"
        );
        // It stays so when they are back.
        incident.name_member(case, Who::Custodian, "custodian", None);
        by_lead().assert_problem(409, "wrong-state");
    }
    // Of an account that ended nothing is taken away, and nothing can be done on what it approved, nor does it wait.
    let destruction = approved(&incident);
    incident.clock.advance_seconds(61);
    let waits = || {
        let inbox = incident.lead().get("/inbox").assert_status(200).json();
        let mut all = inbox["waiting"].as_array().unwrap().iter();
        all.any(|one| one["request"] == destruction.as_str())
    };
    assert!(waits());
    incident.revoke(Who::Custodian);
    carry_out(&incident.lead(), &destruction).assert_problem(409, "decider-gone");
    assert!(!waits());
    let found = incident.look_up(&incident.investigator(), &[NUMBER]);
    let found = found.assert_status(200).json();
    assert_eq!(found["results"][0]["state"], "exposed");
}

#[test]
fn a_case_that_cannot_be_ended_is_told_to_those_it_concerns_and_others_go_on() {
    let incident = incident();
    let other = incident.open_case();
    let destruction = approved(&incident);
    incident.clock.advance_seconds(61);
    // The keyring cannot be replaced, whoever runs the tests.
    let in_the_way = incident.paths.keyring().with_extension("new");
    fs::create_dir(&in_the_way).unwrap();
    carry_out(&incident.second_lead(), &destruction).assert_status(200);
    let anybody = |path: &str| {
        let answer = incident.anonymous().send(Method::GET, path, &[], &[]);
        answer.assert_status(200).text()
    };
    let until_ready_says = |all_is_well: bool| {
        let begun = Instant::now();
        while (anybody("/readyz") == "ready\n") != all_is_well {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until_ready_says(false);
    let told = anybody("/readyz");
    assert!(
        told.starts_with("ready\na destroyed case cannot be ended"),
        "{told}"
    );
    let gauge = "\nbreachvault_destructions_held_up ";
    assert!(anybody("/metrics").contains(&format!("{gauge}1\n")));
    let health = || {
        let health = incident.auditor().get("/health").assert_status(200).json();
        (health["ready"].clone(), health["destructions"].clone())
    };
    let (ready, destructions) = health();
    assert_eq!((ready, &destructions["held_up"]), (json!(true), &json!(1)));
    assert!(destructions["since"].is_string(), "{destructions}");
    // The inbox: of leads and custodians of the case, who know its title, and of the administrator, who mends it.
    let task = |who: Who| {
        let inbox = incident.client(who).get("/inbox").assert_status(200).json();
        let tasks = inbox["tasks"].as_array().unwrap().clone();
        tasks.into_iter().find(|task| task["kind"] == "destruction")
    };
    for who in [Who::Lead, Who::SecondLead, Who::Custodian] {
        let task = task(who).unwrap();
        assert_eq!(task["case"], incident.case.as_str(), "{who:?}");
        assert!(task["title"].is_string(), "{task}");
        assert_eq!(task["yours"], false, "{who:?}");
    }
    let administrators = task(Who::Administrator).unwrap();
    assert_eq!(administrators["yours"], true);
    assert!(administrators.get("title").is_none(), "{administrators}");
    for who in [Who::Investigator, Who::Liaison, Who::Auditor, Who::Outsider] {
        assert_eq!(task(who), None, "{who:?}");
    }
    let home = Browser::signed_in(&incident, Who::Lead).get("/console");
    let link = format!("/console/cases/{}/certificate", incident.case);
    assert!(
        home.text().contains("A destroyed case cannot be ended") && home.text().contains(&link)
    );
    let page = Browser::signed_in(&incident, Who::Auditor).get("/console/health");
    assert!(page.text().contains("A destroyed case cannot be ended"));
    let read = incident.lead().get(&incident.of_case("/certificate"));
    assert_eq!(read.assert_status(200).json()["state"], "shredding");
    // Everything else goes on.
    incident
        .lead()
        .get(&format!("/cases/{other}"))
        .assert_status(200);
    let refused = incident.lead().get(&incident.of_case("/overview"));
    refused.assert_problem(409, "case-destroyed");

    fs::remove_dir(&in_the_way).unwrap();
    signed(&incident);
    until_ready_says(true);
    assert!(anybody("/metrics").contains(&format!("{gauge}0\n")));
    assert_eq!(health().1, json!({ "held_up": 0, "since": null }));
    assert_eq!(task(Who::Lead), None);
}
