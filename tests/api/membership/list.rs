//! What was asked in a case.

use super::name;
use crate::support::{Browser, Incident, Who};

#[test]
fn leads_see_who_would_get_which_role_and_nobody_else_does() {
    let incident = Incident::new();
    let asked = name(&incident, Who::Lead, Who::Outsider, "custodian").member("membership");
    let path = incident.of_case("/memberships");
    for who in [Who::Lead, Who::SecondLead] {
        let json = incident.client(who).get(&path).assert_status(200).json();
        let listed = json["memberships"].as_array().unwrap();
        let one = listed
            .iter()
            .find(|one| one["membership"] == asked.as_str())
            .unwrap();
        assert_eq!(one["name"], "outsider");
        assert_eq!(
            (&one["role"], &one["state"]),
            (&"custodian".into(), &"requested".into())
        );
    }
    for (who, status) in [
        (Who::Investigator, 403),
        (Who::Custodian, 403),
        (Who::Liaison, 403),
        (Who::Outsider, 404),
        (Who::Administrator, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }

    // Of several that wait, each says whom it names and for which role, to those who may read it.
    let other = name(&incident, Who::Lead, Who::Investigator, "custodian").member("membership");
    let overview = incident.of_case("/overview");
    for who in [Who::Lead, Who::SecondLead] {
        for path in ["/inbox", &overview] {
            let waiting =
                incident.client(who).get(path).assert_status(200).json()["waiting"].take();
            for (id, member, role) in [
                (&asked, "outsider", "custodian"),
                (&other, "investigator", "custodian"),
            ] {
                let mut all = waiting.as_array().unwrap().iter();
                let one = all.find(|one| one["request"] == id.as_str()).unwrap();
                assert_eq!(one["member"], member, "{who:?} {path}");
                assert_eq!(one["member_role"], role, "{who:?} {path}");
            }
        }
    }
    for who in [Who::Investigator, Who::Custodian, Who::Liaison] {
        let inbox = incident.client(who).get("/inbox").assert_status(200).text();
        assert!(!inbox.contains("member_role"), "{who:?} {inbox}");
    }
    let browser = Browser::signed_in(&incident, Who::SecondLead);
    let home = browser.get("/console").assert_status(200).text();
    let case = browser.get(&format!("/console{}", incident.of_case("")));
    let case = case.assert_status(200).text();
    for told in [
        ">Role for a member</a>: outsider as custodian",
        ">Role for a member</a>: investigator as custodian",
    ] {
        assert!(home.contains(told), "{told}: {home}");
        assert!(case.contains(told), "{told}: {case}");
    }
}
