//! The withdrawals of a case.

use super::incident;
use crate::support::{Who, body};

#[test]
fn every_withdrawal_of_the_case_is_listed_newest_first() {
    let incident = incident();
    let wrong = incident.first_exhibit();
    let denied = incident.ask_withdrawal(&incident.custodian(), &wrong);
    super::decide(&incident.lead(), &denied, &body::deny()).assert_status(200);
    incident.clock.advance_seconds(1);
    let asked = incident.ask_withdrawal(&incident.custodian(), &wrong);
    for who in [Who::Lead, Who::Custodian] {
        let listed = incident.client(who).get(&incident.of_case("/withdrawals"));
        let json = listed.assert_status(200).json();
        let told = |at: usize, name: &str| json["withdrawals"][at][name].clone();
        assert_eq!(json["withdrawals"].as_array().unwrap().len(), 2);
        assert_eq!(told(0, "withdrawal"), asked.as_str());
        assert_eq!(told(0, "state"), "requested");
        assert_eq!(told(1, "withdrawal"), denied.as_str());
        assert_eq!(told(1, "state"), "denied");
        assert_eq!(told(1, "exhibit"), wrong.as_str());
    }
}

#[test]
fn neither_liaison_nor_investigator_sees_any_and_to_an_outsider_there_is_no_case() {
    let incident = incident();
    let path = incident.of_case("/withdrawals");
    let liaison = incident.liaison().get(&path);
    liaison.assert_problem(403, "not-allowed");
    let investigator = incident.investigator().get(&path);
    investigator.assert_problem(403, "not-allowed");
    let outsider = incident.outsider().get(&path);
    outsider.assert_problem(404, "not-found");
}
