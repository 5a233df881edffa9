//! A case whose leads are suspended can be worked on again, and nobody gets a right that leads did not give.

use serde_json::{Value, json};

use crate::support::{Incident, TestVault, Who};

fn members(vault: &TestVault, by: Who, case: &str) -> Value {
    let listed = vault.client(by).get(&format!("/cases/{case}/members"));
    listed.assert_status(200).json()
}

fn role(members: &Value, operator: &str) -> Value {
    let all = members["members"].as_array().unwrap();
    let one = all.iter().find(|one| one["operator"] == operator);
    one.map_or(Value::Null, |one| json!([one["role"], one["suspended"]]))
}

#[test]
fn leads_whom_administrators_suspended_are_let_in_again_by_somebody_else() {
    let vault = TestVault::new();
    let case = vault.case_of_suspended_leads();
    let path = format!("/cases/{case}");
    for who in [Who::Lead, Who::SecondLead] {
        vault
            .client(who)
            .get(&path)
            .assert_problem(404, "not-found");
    }
    // The administrator lifts what another administrator imposed, and not what they imposed themselves.
    let own = vault.lift(&case, Who::Administrator, Who::Lead);
    own.assert_problem(403, "own-request");
    let lifted = vault.lift(&case, Who::Administrator, Who::SecondLead);
    lifted.assert_status(200);
    vault.second_lead().get(&path).assert_status(200);
    // The lead who is back lifts what the administrator imposed.
    vault
        .lift(&case, Who::SecondLead, Who::Lead)
        .assert_status(200);
    vault.lead().get(&path).assert_status(200);
    let members = members(&vault, Who::Lead, &case);
    for who in [Who::Lead, Who::SecondLead] {
        let told = role(&members, &vault.operator(who));
        assert_eq!(told, json!(["lead", false]), "{}", who.name());
    }
}

#[test]
fn what_a_lead_who_can_act_imposed_stands() {
    let incident = Incident::new();
    let case = incident.case.clone();
    let suspended = incident.suspend(&case, Who::Lead, Who::SecondLead);
    suspended.assert_status(200);
    for by in [Who::Administrator, Who::Lead] {
        incident
            .lift(&case, by, Who::SecondLead)
            .assert_problem(403, "not-allowed");
    }
    let own = incident.lift(&case, Who::SecondLead, Who::SecondLead);
    own.assert_problem(404, "not-found");
    // Suspended in turn, the first lead does not act any more.
    let suspended = incident.suspend(&case, Who::Administrator, Who::Lead);
    suspended.assert_status(200);
    let lifted = incident.lift(&case, Who::Administrator, Who::SecondLead);
    lifted.assert_problem(403, "not-allowed");
}

#[test]
fn no_administrator_undoes_what_a_lead_imposed_by_suspending_that_lead() {
    let incident = Incident::new();
    let case = incident.case.clone();
    for (by, who) in [
        (Who::Lead, Who::SecondLead),
        (Who::Administrator, Who::Lead),
        // The other one is suspended already: the administrator does not become who imposed it.
        (Who::Administrator, Who::SecondLead),
    ] {
        incident.suspend(&case, by, who).assert_status(200);
    }
    let administrators = [incident.administrator(), incident.other_administrator()];
    for administrator in &administrators {
        incident
            .lift_as(&case, administrator, Who::SecondLead)
            .assert_problem(403, "not-allowed");
    }
    // That the lead's account ended changes nothing about who imposed it.
    incident.revoke(Who::Lead);
    for administrator in &administrators {
        incident
            .lift_as(&case, administrator, Who::SecondLead)
            .assert_problem(403, "not-allowed");
    }
}

#[test]
fn a_lead_takes_the_place_of_the_administrator_who_suspended_somebody() {
    let incident = Incident::new();
    let case = incident.case.clone();
    for by in [Who::Administrator, Who::Lead] {
        let suspended = incident.suspend(&case, by, Who::SecondLead);
        suspended.assert_status(200);
    }
    let suspended = incident.suspend(&case, Who::Administrator, Who::Lead);
    suspended.assert_status(200);
    let other = incident.other_administrator();
    incident
        .lift_as(&case, &other, Who::SecondLead)
        .assert_problem(403, "not-allowed");
    incident
        .lift_as(&case, &other, Who::Lead)
        .assert_status(200);
}

#[test]
fn where_two_leads_can_act_they_decide_and_nobody_lifts() {
    let incident = Incident::new();
    let case = incident.case.clone();
    for who in [Who::Investigator, Who::Custodian, Who::Liaison] {
        let suspended = incident.suspend(&case, Who::Administrator, who);
        suspended.assert_status(200);
        for by in [Who::Lead, Who::Administrator] {
            incident
                .lift(&case, by, who)
                .assert_problem(403, "not-allowed");
        }
        let still = members(&incident, Who::Lead, &case);
        let told = role(&still, &incident.operator(who));
        assert_eq!(told, json!([who.home(), true]));
    }
}

#[test]
fn only_a_suspended_lead_is_let_in_and_nobody_becomes_a_member_by_it() {
    let vault = TestVault::new();
    let case = vault.case_of_suspended_leads();
    let suspended = vault.suspend(&case, Who::Administrator, Who::Custodian);
    suspended.assert_status(200);
    vault
        .lift(&case, Who::Administrator, Who::Custodian)
        .assert_problem(403, "not-allowed");
    for who in [Who::Outsider, Who::Auditor] {
        vault
            .lift(&case, Who::Administrator, who)
            .assert_problem(404, "not-found");
    }
    vault
        .lift(&case, Who::Administrator, Who::Administrator)
        .assert_problem(409, "own-membership");
    for by in [Who::Lead, Who::SecondLead, Who::Custodian, Who::Auditor] {
        vault
            .lift(&case, by, Who::SecondLead)
            .assert_problem(404, "not-found");
    }
    // Who is not suspended has nothing to be lifted, and the answer is the same as of who is no lead.
    vault
        .lift(&case, Who::Administrator, Who::SecondLead)
        .assert_status(200);
    vault
        .lift(&case, Who::Administrator, Who::SecondLead)
        .assert_problem(403, "not-allowed");
}

#[test]
fn a_lead_who_is_alone_after_a_lift_still_gives_no_right_alone() {
    let vault = TestVault::new();
    let case = vault.case_of_suspended_leads();
    vault
        .lift(&case, Who::Administrator, Who::SecondLead)
        .assert_status(200);
    let path = format!(
        "/cases/{case}/members/{}",
        vault.operator(Who::Investigator)
    );
    let named = vault
        .second_lead()
        .put(&path, &json!({ "role": "investigator" }))
        .assert_status(200);
    assert_eq!(named.member("state"), "requested");
}
