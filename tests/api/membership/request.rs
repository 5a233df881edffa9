//! A lead asks another lead to give rights.

use super::name;
use crate::support::{Incident, TestVault, Who, body};

#[test]
fn with_another_lead_nobody_gets_a_right_by_one_leads_word() {
    let incident = Incident::new();
    let path = incident.of_case("");
    for (who, role) in [
        (Who::Outsider, "investigator"),
        (Who::Outsider, "lead"),
        (Who::Investigator, "custodian"),
        (Who::SecondLead, "investigator"),
    ] {
        let named = name(&incident, Who::Lead, who, role).assert_status(200);
        assert_eq!(named.member("state"), "requested");
    }
    incident
        .outsider()
        .get(&path)
        .assert_problem(404, "not-found");
    let role = |who: Who| incident.client(who).get(&path).member("role");
    assert_eq!(role(Who::Investigator), "investigator");
    assert_eq!(role(Who::SecondLead), "lead");
}

#[test]
fn a_lead_who_suspended_the_other_one_still_gives_nothing_alone() {
    let incident = Incident::new();
    let suspended = incident.suspend(&incident.case, Who::Lead, Who::SecondLead);
    suspended.assert_status(200);
    let named = name(&incident, Who::Lead, Who::Outsider, "investigator").assert_status(200);
    assert_eq!(named.member("state"), "requested");
    let membership = named.member("membership");
    let path = format!("/memberships/{membership}/decision");
    for (who, status) in [
        (Who::Lead, 403),
        (Who::SecondLead, 404),
        (Who::Outsider, 404),
    ] {
        let decided = incident.client(who).post(&path, &body::approve());
        decided.assert_status(status);
    }
}

#[test]
fn the_only_lead_names_members_and_a_second_lead_and_from_then_on_two_decide() {
    let vault = TestVault::new();
    let case = vault.open_case();
    let put = |who: Who, role: &str| {
        let path = format!("/cases/{case}/members/{}", vault.operator(who));
        let named = vault
            .lead()
            .put(&path, &serde_json::json!({ "role": role }));
        named.assert_status(200).member("state")
    };
    assert_eq!(put(Who::Investigator, "investigator"), "given");
    assert_eq!(put(Who::SecondLead, "lead"), "given");
    assert_eq!(put(Who::Custodian, "custodian"), "requested");
    assert_eq!(put(Who::SecondLead, "investigator"), "requested");
}
