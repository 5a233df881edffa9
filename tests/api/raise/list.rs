//! The raises of a case.

use super::incident;
use crate::support::Who;

#[test]
fn members_see_what_was_asked_newest_first_and_others_nothing() {
    let incident = incident();
    let older = incident.ask_raise(&incident.investigator(), 5);
    incident.clock.advance_seconds(60);
    let newer = incident.ask_raise(&incident.lead(), 6);
    let path = incident.of_case("/raises");
    let json = incident.second_lead().get(&path).assert_status(200).json();
    assert_eq!(json["raises"][0]["raise"], newer.as_str());
    assert_eq!(json["raises"][1]["raise"], older.as_str());
    assert_eq!(json["raises"][1]["points"], 5);
    // A liaison sees those of its account.
    let own = incident.liaison().get(&path).assert_status(200).json();
    assert_eq!(own["raises"].as_array().unwrap().len(), 0);
    for who in [Who::Outsider, Who::Auditor, Who::Administrator] {
        incident
            .client(who)
            .get(&path)
            .assert_problem(404, "not-found");
    }
}
