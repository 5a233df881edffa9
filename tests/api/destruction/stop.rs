//! Any lead or custodian stops a destruction while its delay runs, and after it.

use super::{approved, carry_out, incident, stop};
use crate::support::Who;

#[test]
fn whoever_leads_or_keeps_the_case_stops_it_and_then_nobody_carries_it_out() {
    let incident = incident();
    for (who, wait) in [(Who::SecondLead, 0), (Who::Custodian, 0), (Who::Lead, 61)] {
        let destruction = approved(&incident);
        incident.clock.advance_seconds(wait);
        let by = |who| stop(&incident.client(who), &destruction);
        by(Who::Investigator).assert_problem(403, "not-allowed");
        by(Who::Liaison).assert_problem(404, "not-found");
        by(Who::Outsider).assert_problem(404, "not-found");
        let stopped = by(who).assert_status(200);
        let leaf = incident.leaf(stopped.leaf().unwrap());
        assert_eq!(leaf["action"], "destruction.stop");
        let path = format!("/destructions/{destruction}");
        let seen = incident.lead().get(&path).assert_status(200).json();
        assert_eq!(seen["state"], "stopped");
        assert_eq!(seen["stopped"]["by"], who.name());
        by(who).assert_problem(409, "wrong-state");
        incident.clock.advance_seconds(61);
        let late = carry_out(&incident.lead(), &destruction);
        late.assert_problem(409, "wrong-state");
    }
    let found = incident.look_up(&incident.investigator(), &[super::NUMBER]);
    assert_eq!(
        found.assert_status(200).json()["results"][0]["state"],
        "exposed"
    );
}
