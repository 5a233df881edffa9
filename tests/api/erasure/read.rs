//! What those see who decide.

use super::{ABSENT, NUMBER, ask, incident};
use crate::support::Who;

#[test]
fn a_lead_is_told_what_a_lookup_would_tell_and_a_custodian_is_not() {
    let incident = incident();
    for (number, exposed) in [(NUMBER, true), (ABSENT, false)] {
        let asked = ask(&incident, &incident.investigator(), number).assert_status(201);
        let path = format!("/erasures/{}", asked.member("erasure"));
        let read = |who| incident.client(who).get(&path);
        let lead = read(Who::Lead).assert_status(200).json();
        assert_eq!(lead["exposed"], exposed);
        assert_eq!(lead["subject"].is_string(), exposed);
        assert_eq!(lead["named_by"], "number");
        let custodian = read(Who::Custodian).assert_status(200).json();
        assert!(custodian.get("exposed").is_none() && custodian.get("subject").is_none());
        for who in [Who::Liaison, Who::Outsider] {
            read(who).assert_problem(404, "not-found");
        }
    }
}
