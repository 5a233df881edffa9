//! What was destroyed, signed.

use breachvault::vault::audit::{VerifierKey, open};
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::{destroyed, incident};
use crate::support::{Browser, Who};

#[test]
fn a_certificate_says_what_was_destroyed_and_is_checked_without_the_vault() {
    let incident = incident();
    let path = incident.of_case("/certificate");
    let early = incident.lead().get(&path);
    early.assert_problem(404, "not-found");
    let exhibit = incident.first_exhibit();
    // Recognised while the case is open.
    for who in [
        Who::SecondLead,
        Who::Custodian,
        Who::Investigator,
        Who::Liaison,
    ] {
        incident.client(who);
    }
    let view = destroyed(&incident);
    assert_eq!(
        view["destroyed"]["exhibits"][0]["exhibit"],
        exhibit.as_str()
    );
    assert_eq!(view["destroyed"]["exhibits"][0]["messages"], 2);
    assert_eq!(view["destroyed"]["packages"], json!([]));
    let note = view["note"].as_str().unwrap();
    assert!(
        note.contains(&exhibit) && note.contains(&incident.case),
        "{note}"
    );
    assert!(!note.contains("7700900"), "{note}");

    for (who, status) in [
        (Who::SecondLead, 200),
        (Who::Custodian, 200),
        (Who::Investigator, 200),
        (Who::Auditor, 200),
        (Who::Liaison, 403),
        (Who::Administrator, 404),
        (Who::Outsider, 404),
    ] {
        incident.client(who).get(&path).assert_status(status);
    }
    let text = incident.lead().get_as(&path, "text/plain");
    assert_eq!(text.assert_status(200).text(), note);

    let vkey = incident.lead().get("/audit/vkey").assert_status(200).text();
    let key: VerifierKey = vkey.trim().parse().unwrap();
    let known = [key];
    assert!(open(note.as_bytes(), &known).is_ok());
    let altered = note.replace(" 2 messages", " 1 messages");
    assert_ne!(altered, note);
    assert!(open(altered.as_bytes(), &known).is_err());
    let leaf = incident.leaf(view["leaf"].as_u64().unwrap());
    assert_eq!(leaf["action"], "destruction.certify");
    assert_eq!(leaf["generation"], view["generation"]);
    let digest = digest(&SHA256, note.as_bytes());
    let digest = base64_of(digest.as_ref());
    assert_eq!(leaf["digest"], digest.as_str());

    // The pages: the sheet, the list that leads to it, and the audit log, which says calmly what ended.
    let lead = Browser::signed_in(&incident, Who::Lead);
    let sheet = lead.get(&format!("/console/cases/{}/certificate", incident.case));
    assert!(
        sheet.text().contains("What remains") && sheet.text().contains("What is still to be done")
    );
    let cases = lead.get("/console/cases");
    assert!(
        cases
            .text()
            .contains(&format!("{}/certificate", incident.case))
    );
    let refused = lead.get(&format!("/console/cases/{}", incident.case));
    assert!(refused.text().contains("The certificate"));
    let auditor = Browser::signed_in(&incident, Who::Auditor);
    let log = auditor.get("/console/audit?action=destruction.request");
    assert!(log.text().contains("ended with the case"), "{}", log.text());
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
