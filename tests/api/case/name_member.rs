//! Who is in a case, and who may not be.

use serde_json::json;

use crate::support::{Incident, Log, TestVault, Who, body, csv_of, shared};

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
        &json!({ "role": "liaison", "account": "somebody", "account_not_in_log": true }),
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

#[test]
fn a_liaison_is_not_named_for_an_account_that_no_exhibit_has_unless_the_lead_says_so() {
    let rows = csv_of(&[
        ("ACME Corp", "+447700900001", "2024-03-10T12:00:00Z"),
        ("Globex", "+447700900002", "2024-03-10T12:00:00Z"),
    ]);
    let incident = Incident::with("", Log::read_short(rows));
    let path = incident.of_case(&format!("/members/{}", incident.operator(Who::Outsider)));
    let name = |account: &str| {
        let body = json!({ "role": "liaison", "account": account });
        incident.lead().put(&path, &body)
    };
    let refused = name("acme corp");
    let leaf = incident.leaf(refused.leaf().unwrap());
    assert_eq!(
        (&leaf["outcome"], &leaf["kind"]),
        (&json!("failed"), &json!("invalid"))
    );
    assert!(!leaf.to_string().contains("ACME"));
    let refused = refused.assert_problem(422, "invalid").json();
    assert_eq!(refused["at"], "account");
    assert_eq!(refused["near_misses"], json!(["ACME Corp"]));
    let refused = name("Initech").assert_problem(422, "invalid").json();
    assert_eq!(refused["near_misses"], json!([]));
    // Nobody but a lead gets that far.
    for who in [Who::Investigator, Who::Custodian, Who::Liaison] {
        let body = json!({ "role": "liaison", "account": "acme corp" });
        let refused = incident.client(who).put(&path, &body);
        assert!(!refused.text().contains("ACME"));
        refused.assert_problem(403, "not-allowed");
    }
    incident.name_member(&incident.case, Who::Outsider, "liaison", Some("Initech"));
    let answer = incident.look_up(&incident.outsider(), &["+447700900001"]);
    let answer = answer.assert_status(200).json();
    assert_eq!(answer["results"][0]["state"], "not_exposed");
    assert_eq!(answer["basis"]["account_in_log"], false);
    assert_eq!(answer["basis"]["records"], 0);
    // The space and the marks that nobody sees are not part of the name.
    let named = name(" ACME\u{a0}Corp\u{200b}").assert_status(200).json();
    assert_eq!(named["state"], "requested");
    let listed = incident
        .lead()
        .get(&incident.of_case("/memberships"))
        .json();
    let listed = listed["memberships"].as_array().unwrap();
    let of = |account: &str| listed.iter().find(|one| one["account"] == account).unwrap();
    assert_eq!(of("Initech")["account_not_in_log"], true);
    assert!(of("ACME Corp").get("account_not_in_log").is_none());
}

#[test]
fn an_account_that_only_quarantined_rows_name_is_not_in_the_log() {
    let mut rows = csv_of(&[("ACME Corp", "+447700900001", "2024-03-10T12:00:00Z")]);
    rows.extend_from_slice(b"ACME Crop,not a number,,,,2024-03-10T12:00:00Z,sms\n");
    let incident = Incident::with("", Log::read_short(rows));
    let path = incident.of_case(&format!("/members/{}", incident.operator(Who::Outsider)));
    let body = json!({ "role": "liaison", "account": "ACME Crop" });
    let refused = incident.lead().put(&path, &body);
    let refused = refused.assert_problem(422, "invalid").json();
    assert_eq!(refused["near_misses"], json!(["ACME Corp"]));
    assert!(refused["rule"].as_str().unwrap().contains("quarantine"));
    incident.name_member(&incident.case, Who::Outsider, "liaison", Some("ACME Crop"));
    let answer = incident.look_up(&incident.outsider(), &["+447700900001"]);
    let basis = answer.assert_status(200).json()["basis"].clone();
    assert_eq!(basis["account_in_log"], false);
    assert_eq!(basis["records"], 0);
    assert_eq!(basis["quarantined"], 1);
}
