//! Who is in a case, and who may not be.

use serde_json::json;

use crate::support::{TestVault, Who, body, shared};

#[test]
fn nobody_changes_their_own_membership() {
    let incident = shared();
    let path = incident.of_case(&format!("/members/{}", incident.operator(Who::Lead)));
    let answer = incident.lead().put(&path, &json!({ "role": "custodian" }));
    answer.assert_problem(409, "own-membership");
}

#[test]
fn auditors_and_administrators_stay_outside_cases() {
    let incident = shared();
    for who in [Who::Auditor, Who::Administrator] {
        let path = incident.of_case(&format!("/members/{}", incident.operator(who)));
        let answer = incident
            .lead()
            .put(&path, &json!({ "role": "investigator" }));
        answer.assert_problem(409, "outside-cases");
    }
}

#[test]
fn only_a_lead_names_members() {
    let incident = shared();
    let path = incident.of_case(&format!("/members/{}", incident.operator(Who::Outsider)));
    let body = json!({ "role": "investigator" });
    for (who, status, kind) in [
        (Who::Investigator, 403, "not-allowed"),
        (Who::Custodian, 403, "not-allowed"),
        (Who::Liaison, 403, "not-allowed"),
        (Who::Outsider, 404, "not-found"),
        (Who::Auditor, 404, "not-found"),
        (Who::Administrator, 404, "not-found"),
    ] {
        incident
            .client(who)
            .put(&path, &body)
            .assert_problem(status, kind);
    }
}

#[test]
fn a_liaison_needs_an_account_and_nobody_else_has_one() {
    let incident = shared();
    let path = incident.of_case(&format!("/members/{}", incident.operator(Who::Outsider)));
    let lead = incident.lead();
    for body in [
        json!({ "role": "liaison" }),
        json!({ "role": "investigator", "account": "somebody" }),
        json!({ "role": "liaison", "account": "" }),
        json!({ "role": "auditor" }),
        json!({ "role": "king" }),
    ] {
        lead.put(&path, &body).assert_problem(422, "invalid");
    }
    let unknown = incident.of_case("/members/o_00000000000000000000");
    lead.put(&unknown, &json!({ "role": "investigator" }))
        .assert_problem(404, "not-found");
}

#[test]
fn a_role_that_was_changed_counts_at_once() {
    let vault = TestVault::new();
    let case = vault.open_case();
    let path = format!("/cases/{case}/members");
    vault.outsider().get(&path).assert_problem(404, "not-found");
    vault.name_member(&case, Who::Outsider, "investigator", None);
    vault
        .outsider()
        .get(&path)
        .assert_problem(403, "not-allowed");
    vault.name_member(&case, Who::Outsider, "lead", None);
    vault.outsider().get(&path).assert_status(200);
    // Now there are two leads: the second one lets itself be made something else.
    let named = vault.lead().put(
        &format!("{path}/{}", vault.operator(Who::Outsider)),
        &json!({ "role": "liaison", "account": "somebody" }),
    );
    vault.outsider().get(&path).assert_status(200);
    let decision = format!("/memberships/{}/decision", named.member("membership"));
    vault
        .outsider()
        .post(&decision, &body::approve())
        .assert_status(200);
    vault
        .outsider()
        .get(&path)
        .assert_problem(403, "not-allowed");
}
