//! What was asked in a case.

use super::ask;
use crate::support::{Browser, Incident, Who, body};

#[test]
fn leads_and_custodians_see_who_asked_for_what_and_nobody_else_does() {
    let incident = Incident::new();
    let asked = ask(&incident, &incident.lead(), "close").assert_status(200);
    let asked = asked.member("move");
    let path = incident.of_case("/moves");
    for who in [Who::Lead, Who::SecondLead, Who::Custodian] {
        let json = incident.client(who).get(&path).assert_status(200).json();
        let one = &json["moves"][0];
        assert_eq!(one["move"], asked.as_str(), "{who:?} {json}");
        assert_eq!(
            (&one["from"], &one["to"]),
            (&"open".into(), &"closed".into())
        );
        assert_eq!(one["state"], "requested");
        assert_eq!(one["asked_by"], "lead.one");
    }
    for (who, status) in [
        (Who::Investigator, 403),
        (Who::Liaison, 403),
        (Who::Outsider, 404),
        (Who::Administrator, 404),
        (Who::Auditor, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }
    // It waits for those who can decide it, and on their pages too.
    for (who, waits) in [
        (Who::SecondLead, Some("your-decision")),
        (Who::Custodian, Some("your-decision")),
        (Who::Lead, Some("others-decision")),
        (Who::Investigator, None),
        (Who::Liaison, None),
    ] {
        let inbox = incident.client(who).get("/inbox").assert_status(200).json();
        let mut all = inbox["waiting"].as_array().unwrap().iter();
        let found = all.find(|one| one["request"] == asked.as_str());
        let found = found.map(|one| one["waits_for"].as_str().unwrap());
        assert_eq!(found, waits, "{who:?} {inbox}");
    }
    let browser = Browser::signed_in(&incident, Who::Custodian);
    let home = browser.get("/console").assert_status(200).text();
    let link = format!("/console/moves/{asked}");
    assert!(home.contains(&link), "{home}");
    let page = browser.get(&link).assert_status(200).text();
    assert!(page.contains("the case is closed"), "{page}");
    let yes = [("decision", "approve"), ("reason", body::REASON)];
    browser.submit(&link, &yes).assert_status(303);
    assert_eq!(super::state(&incident), "closed");
}
