//! What those see who decide.

use super::{ABSENT, NUMBER, approved, ask, carry_out, finished, incident};
use crate::support::{Browser, Who};

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

#[test]
fn what_was_carried_out_says_by_whom_and_when_it_is_overwritten_for_any_number() {
    let incident = incident();
    let browser = Browser::signed_in(&incident, Who::Custodian);
    for number in [NUMBER, ABSENT] {
        let erasure = approved(&incident, number);
        let page = || {
            let page = browser.get(&format!("/console/erasures/{erasure}"));
            page.assert_status(200).text()
        };
        assert!(page().contains("After a yes"));
        let read = incident.lead().get(&format!("/erasures/{erasure}"));
        let read = read.assert_status(200).json();
        assert!(read.get("carried_out").is_none(), "{read}");
        carry_out(&incident.custodian(), &erasure).assert_status(200);
        let done = finished(&incident, &erasure);
        assert_eq!(done["state"], "used");
        assert_eq!(done["carried_out"]["by"], Who::Custodian.name());
        assert!(done["carried_out"]["at"].is_string(), "{done}");
        let page = page();
        for told in [
            "Carried out by custodian, ",
            "overwriting has finished",
            "back up the erasure lists now",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(!page.contains("After a yes"), "{page}");
    }
}
