//! What a decider sees of a withdrawal.

use super::incident;
use crate::support::Who;

#[test]
fn who_decides_sees_in_counts_what_would_go() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &wrong);
    for who in [Who::Lead, Who::Custodian] {
        let seen = incident
            .client(who)
            .get(&format!("/withdrawals/{withdrawal}"));
        let seen = seen.assert_status(200);
        assert!(!seen.text().contains("7700900"), "counts alone");
        let json = seen.json();
        assert_eq!(json["state"], "requested");
        assert_eq!(json["exhibit"], wrong.as_str());
        assert_eq!(json["messages"], 4);
        assert_eq!(json["numbers"], 2);
        assert_eq!(json["numbers_only_here"], 1);
    }
}

#[test]
fn to_a_liaison_and_to_those_outside_its_case_there_is_no_such_withdrawal() {
    let incident = incident();
    let withdrawal = incident.ask_withdrawal(&incident.custodian(), &incident.first_exhibit());
    let path = format!("/withdrawals/{withdrawal}");
    for who in [
        Who::Liaison,
        Who::Outsider,
        Who::Auditor,
        Who::Administrator,
    ] {
        let answer = incident.client(who).get(&path);
        answer.assert_problem(404, "not-found");
    }
}
