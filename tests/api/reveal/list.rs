//! The reveals of a case.

use super::subjects;
use crate::support::{Incident, Who};

#[test]
fn every_reveal_of_the_case_is_listed_newest_first_and_masked() {
    let incident = Incident::new();
    let (tokens, numbers) = subjects(&incident, 2);
    let first = incident.approved_reveal(&tokens);
    incident.clock.advance_seconds(1);
    let second = incident.ask_reveal(&incident.lead(), &tokens[..1]);
    let listed = incident.lead().get(&incident.of_case("/reveals"));
    let listed = listed.assert_status(200);
    for number in &numbers {
        assert!(!listed.text().contains(&number[1..]));
    }
    let json = listed.json();
    let told = |at: usize, name: &str| json["reveals"][at][name].clone();
    assert_eq!(json["reveals"].as_array().unwrap().len(), 2);
    assert_eq!(
        (told(0, "reveal"), told(0, "state")),
        (second.into(), "requested".into())
    );
    assert_eq!(
        (told(1, "reveal"), told(1, "state")),
        (first.into(), "approved".into())
    );
    assert_eq!(
        (told(0, "numbers"), told(1, "numbers")),
        (1.into(), 2.into())
    );
}

#[test]
fn a_custodian_and_a_liaison_see_none_and_to_an_outsider_there_is_no_case() {
    let incident = Incident::new();
    for (who, status, kind) in [
        (Who::Custodian, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Auditor, 404, "not-found"),
        (Who::Outsider, 404, "not-found"),
    ] {
        let answer = incident.client(who).get(&incident.of_case("/reveals"));
        answer.assert_problem(status, kind);
    }
}
