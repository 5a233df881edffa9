//! What a decider sees of a reveal.

use super::subjects;
use crate::support::{Who, shared};

#[test]
fn who_decides_sees_the_count_and_a_masked_sample_and_reading_changes_nothing() {
    let incident = shared();
    let (tokens, numbers) = subjects(incident, 2);
    let reveal = incident.ask_reveal(&incident.investigator(), &tokens);
    let path = format!("/reveals/{reveal}");
    for who in [Who::Lead, Who::SecondLead, Who::Lead] {
        let seen = incident.client(who).get(&path).assert_status(200);
        for number in &numbers {
            assert!(!seen.text().contains(&number[1..]));
        }
        let json = seen.json();
        assert_eq!(json["state"], "requested");
        assert_eq!(json["numbers"], 2);
        for (at, token) in tokens.iter().enumerate() {
            let sample = json["sample"].as_array().unwrap();
            assert!(
                sample.iter().any(|one| one["subject"] == token.as_str()),
                "{at}: {json}"
            );
        }
    }
}

#[test]
fn a_reveal_is_shown_to_nobody_outside_its_case_and_to_no_custodian() {
    let incident = shared();
    let (tokens, _) = subjects(incident, 1);
    let reveal = incident.ask_reveal(&incident.investigator(), &tokens);
    let path = format!("/reveals/{reveal}");
    let custodian = incident.custodian().get(&path);
    custodian.assert_problem(403, "not-allowed");
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        let there = incident.client(who).get(&path);
        let absent = incident.client(who).get("/reveals/r_00000000000000000000");
        assert_eq!(there.comparable(), absent.comparable());
        there.assert_problem(404, "not-found");
    }
}
