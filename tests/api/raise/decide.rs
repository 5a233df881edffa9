//! Another lead decides.

use super::{incident, left};
use crate::support::body;

#[test]
fn a_yes_gives_points_to_the_asker_alone_and_until_its_end() {
    let incident = incident();
    let investigator = incident.investigator();
    let raise = incident.ask_raise(&investigator, 5);
    let path = format!("/raises/{raise}/decision");
    assert_eq!(left(&investigator), 2);
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_status(200);
    assert_eq!(left(&investigator), 7);
    assert_eq!(left(&incident.second_lead()), 2);
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_problem(409, "wrong-state");
    incident.clock.advance_seconds(86_400);
    incident.forget_sessions();
    assert_eq!(left(&incident.investigator()), 2);
}

#[test]
fn nobody_decides_their_own_and_nobody_but_a_lead_decides() {
    let incident = incident();
    let raise = incident.ask_raise(&incident.lead(), 5);
    let path = format!("/raises/{raise}/decision");
    incident
        .lead()
        .post(&path, &body::approve())
        .assert_problem(403, "own-request");
    for client in [incident.investigator(), incident.custodian()] {
        client
            .post(&path, &body::approve())
            .assert_problem(403, "not-allowed");
    }
    let no = incident.second_lead().post(&path, &body::deny());
    assert_eq!(no.assert_status(200).member("state"), "denied");
    assert_eq!(left(&incident.lead()), 2);
}
