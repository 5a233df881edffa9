//! A case ends, and then there is nothing of it but its certificate.

use serde_json::json;

use super::{NUMBER, approved, carry_out, incident, signed};
use crate::support::{Who, body, fresh_csv};

#[test]
fn a_case_ends_after_its_delay_and_everything_on_it_answers_alike() {
    let incident = incident();
    let destruction = approved(&incident);
    let by = |who| carry_out(&incident.client(who), &destruction);
    let early = by(Who::Lead).assert_problem(409, "delay-runs");
    assert!(early.header("retry-after").is_some());
    incident.clock.advance_seconds(61);
    by(Who::Investigator).assert_problem(403, "not-allowed");
    by(Who::Outsider).assert_problem(404, "not-found");
    let lead = incident.lead();
    let hold = incident.of_case("/hold");
    lead.post(&hold, &body::reason()).assert_status(200);
    by(Who::Custodian).assert_problem(409, "case-state");
    let reopen = incident.of_case("/reopen");
    lead.post(&reopen, &body::reason()).assert_status(200);

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
