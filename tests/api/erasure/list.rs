//! The erasures of a case.

use super::{ABSENT, NUMBER, ask, incident};
use crate::support::Who;

#[test]
fn members_but_liaisons_list_them_and_no_number_is_in_the_list() {
    let incident = incident();
    for number in [NUMBER, ABSENT] {
        ask(&incident, &incident.investigator(), number).assert_status(201);
    }
    let path = incident.of_case("/erasures");
    for who in [Who::Investigator, Who::Lead, Who::Custodian] {
        let listed = incident.client(who).get(&path).assert_status(200).json();
        assert_eq!(listed["erasures"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains("7700900"));
    }
    incident
        .client(Who::Liaison)
        .get(&path)
        .assert_problem(403, "not-allowed");
    incident
        .client(Who::Outsider)
        .get(&path)
        .assert_problem(404, "not-found");
}
