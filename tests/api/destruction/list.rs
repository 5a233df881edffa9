//! The destructions of a case.

use super::{ask, incident};
use crate::support::Who;

#[test]
fn leads_and_custodians_list_them_and_nobody_else() {
    let incident = incident();
    let asked = ask(&incident, &incident.lead()).assert_status(201);
    let path = incident.of_case("/destructions");
    for who in [Who::Lead, Who::SecondLead, Who::Custodian] {
        let listed = incident.client(who).get(&path).assert_status(200).json();
        let first = &listed["destructions"][0];
        assert_eq!(first["destruction"], asked.member("destruction").as_str());
        assert_eq!(first["delay_s"], 60);
    }
    for who in [Who::Investigator, Who::Liaison] {
        let answer = incident.client(who).get(&path);
        answer.assert_problem(403, "not-allowed");
    }
    incident.client(Who::Outsider).get(&path).assert_status(404);
}
