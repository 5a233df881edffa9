//! What somebody else is to decide.

use super::ask;
use crate::support::{Incident, Who, body};

#[test]
fn it_says_from_which_state_to_which_and_why_to_those_who_decide() {
    let incident = Incident::new();
    incident
        .second_lead()
        .post(&incident.of_case("/hold"), &body::reason())
        .assert_status(200);
    let asked = ask(&incident, &incident.lead(), "reopen").assert_status(200);
    let path = format!("/moves/{}", asked.member("move"));
    for who in [Who::Lead, Who::SecondLead, Who::Custodian] {
        let json = incident.client(who).get(&path).assert_status(200).json();
        assert_eq!(json["case"], incident.case.as_str());
        assert_eq!(
            (&json["from"], &json["to"]),
            (&"held".into(), &"open".into())
        );
        assert_eq!(json["asked_by"], "lead.one");
        assert_eq!(json["reason"], body::REASON);
        assert!(json.get("stopped").is_none(), "{json}");
        // And whose hold it is.
        assert_eq!(json["hold"]["by"], "lead.two", "{json}");
        assert_eq!(json["hold"]["reason"], body::REASON);
        assert!(json["hold"]["at"].is_string());
    }
    for (who, status) in [
        (Who::Investigator, 403),
        (Who::Liaison, 404),
        (Who::Outsider, 404),
        (Who::Auditor, 404),
        (Who::Administrator, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }
    let of_case = |who: Who| {
        let read = incident.client(who).get(&incident.of_case(""));
        read.assert_status(200).json()
    };
    for who in [Who::Lead, Who::Custodian, Who::Investigator] {
        assert_eq!(of_case(who)["hold"]["by"], "lead.two", "{who:?}");
    }
    assert!(of_case(Who::Liaison).get("hold").is_none());
    // Once it is lifted nobody is shown who put it.
    let yes = super::decide(
        &incident.custodian(),
        &asked.member("move"),
        &body::approve(),
    );
    yes.assert_status(200);
    assert!(of_case(Who::Lead).get("hold").is_none());
    let json = incident.lead().get(&path).assert_status(200).json();
    assert!(json.get("hold").is_none(), "{json}");
}
