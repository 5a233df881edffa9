//! The states of a case.

use serde_json::json;

use crate::support::{Incident, body};

#[test]
fn a_case_goes_from_open_to_held_to_open_to_closed_and_back_and_no_other_way() {
    let incident = Incident::new();
    let move_on = |to: &str| {
        let path = incident.of_case(&format!("/{to}"));
        incident.lead().post(&path, &body::reason())
    };
    let state = || {
        let answer = incident.lead().get(&incident.of_case(""));
        answer.assert_status(200).member("state")
    };
    move_on("reopen").assert_problem(409, "case-state");
    let held = move_on("hold").assert_status(200);
    assert_eq!(held.json(), json!({ "state": "held", "requests_ended": 0 }));
    assert_eq!(state(), "held");
    move_on("close").assert_problem(409, "case-state");
    move_on("hold").assert_problem(409, "case-state");
    // One lead asks, and somebody else decides.
    let asked = move_on("reopen").assert_status(200);
    assert_eq!(asked.member("state"), "held");
    assert_eq!(state(), "held");
    incident.move_by_two(&incident.case, "reopen");
    assert_eq!(state(), "open");
    let asked = move_on("close").assert_status(200);
    assert_eq!(asked.member("state"), "open");
    assert_eq!(state(), "open");
    incident.move_by_two(&incident.case, "close");
    assert_eq!(state(), "closed");
    move_on("close").assert_problem(409, "case-closed");
    move_on("hold").assert_problem(409, "case-closed");
    let opened = move_on("reopen").assert_status(200);
    assert_eq!(opened.json(), json!({ "state": "open" }));
    assert_eq!(state(), "open");
}

#[test]
fn a_held_case_is_worked_on_and_a_closed_one_is_at_rest() {
    let incident = Incident::new();
    let lead = incident.lead();
    let number = incident.log.messages[0].number.clone();
    lead.post(&incident.of_case("/hold"), &body::reason())
        .assert_status(200);
    incident
        .look_up(&incident.investigator(), &[&number])
        .assert_status(200);
    // Whoever has to work on what is held can come in.
    let newcomer = incident.newcomer("investigator");
    let me = newcomer.get("/me").assert_status(200);
    let operator = me.member("operator");
    incident.give(&incident.case, &operator, "investigator", None);
    let path = incident.of_case(&format!("/members/{operator}/recognition"));
    let typed =
        json!({ "fingerprint": me.member("fingerprint"), "reason": "read out by telephone" });
    lead.post(&path, &typed).assert_status(200);
    newcomer.get(&incident.of_case("")).assert_status(200);
    incident.move_by_two(&incident.case, "reopen");
    let subject = incident.subject(&number);
    let reveal = incident.approved_reveal(&[subject]);
    incident.move_by_two(&incident.case, "close");

    let investigator = incident.investigator();
    let closed = |answer: crate::support::Answer| answer.assert_problem(409, "case-closed");
    closed(incident.look_up(&investigator, &[&number]));
    closed(investigator.post(
        &incident.of_case("/records/search"),
        &body::search(&json!({})),
    ));
    let scope = json!({ "by": [], "audience": "team" });
    closed(investigator.post(&incident.of_case("/scope"), &scope));
    closed(investigator.post(&format!("/reveals/{reveal}/open"), &json!({})));
    closed(incident.admit(&crate::support::fresh_csv()));
    lead.get(&incident.of_case("")).assert_status(200);
    lead.get(&incident.of_case("/members")).assert_status(200);
    lead.get(&incident.of_case("/reveals")).assert_status(200);
    lead.post(&incident.of_case("/reopen"), &body::reason())
        .assert_status(200);
    investigator
        .post(&format!("/reveals/{reveal}/open"), &json!({}))
        .assert_status(200);
}
