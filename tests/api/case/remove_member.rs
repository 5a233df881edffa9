//! Somebody who is no member any more.

use serde_json::json;

use crate::support::{Incident, Who, body};

fn of(incident: &Incident, who: Who) -> String {
    incident.of_case(&format!("/members/{}", incident.operator(who)))
}

#[test]
fn a_lead_removes_a_member_and_what_they_asked_for_ends_for_good() {
    let incident = Incident::new();
    let investigator = incident.investigator();
    let subject = vec![incident.subject(&incident.log.messages[0].number)];
    let waits = incident.ask_reveal(&investigator, &subject);
    let approved = incident.approved_reveal(&subject);
    let path = of(&incident, Who::Investigator);
    let removed = incident
        .lead()
        .delete_with(&path, &body::reason())
        .assert_status(200);
    assert_eq!(removed.json(), json!({ "requests_ended": 2 }));
    let leaf = incident.leaf(removed.leaf().unwrap());
    assert_eq!(
        (&leaf["action"], &leaf["outcome"]),
        (&json!("member.remove"), &json!("done"))
    );
    investigator
        .get(&incident.of_case(""))
        .assert_problem(404, "not-found");
    let members = incident
        .lead()
        .get(&incident.of_case("/members"))
        .assert_status(200);
    assert!(
        !members
            .text()
            .contains(&incident.operator(Who::Investigator))
    );
    let again = incident.lead().delete_with(&path, &body::reason());
    again.assert_problem(404, "not-found");
    // Named again by two leads, they begin anew.
    let operator = incident.operator(Who::Investigator);
    incident.give(&incident.case, &operator, "investigator", None);
    investigator.get(&incident.of_case("")).assert_status(200);
    for (reveal, kind) in [(waits, "wrong-state"), (approved, "wrong-state")] {
        let seen = investigator
            .get(&format!("/reveals/{reveal}"))
            .assert_status(200);
        assert_eq!(seen.json()["state"], "denied");
        let open = investigator.post(&format!("/reveals/{reveal}/open"), &json!({}));
        open.assert_problem(409, kind);
        let decide = incident
            .second_lead()
            .post(&format!("/reveals/{reveal}/decision"), &body::approve());
        decide.assert_problem(409, kind);
    }
}

#[test]
fn one_person_removes_no_lead_and_nobody_themselves() {
    let incident = Incident::new();
    for (by, who, status, kind) in [
        (Who::Lead, Who::SecondLead, 403, "not-allowed"),
        (Who::Lead, Who::Lead, 409, "own-membership"),
        (Who::Investigator, Who::Custodian, 403, "not-allowed"),
        (Who::Custodian, Who::Investigator, 403, "not-allowed"),
        (Who::Administrator, Who::Investigator, 404, "not-found"),
        (Who::Outsider, Who::Investigator, 404, "not-found"),
        (Who::Lead, Who::Outsider, 404, "not-found"),
    ] {
        let refused = incident
            .client(by)
            .delete_with(&of(&incident, who), &body::reason());
        refused.assert_problem(status, kind);
    }
    // Whose account has ended is nobody's second person.
    let account = format!("/operators/{}", incident.operator(Who::SecondLead));
    incident.administrator().delete(&account).assert_status(200);
    let gone = incident
        .lead()
        .delete_with(&of(&incident, Who::SecondLead), &body::reason());
    gone.assert_status(200);
}
