//! What an export may ask for.

use serde_json::{Value, json};

use super::{Receiver, decide, json_of, take, unpack};
use crate::support::{Incident, Log, Who, body, csv_of, shared};

#[test]
fn a_liaison_gets_its_own_account_and_nothing_else() {
    let incident = shared();
    let receiver = Receiver::new();
    let liaison = incident.liaison();
    let ask = |profile: &str, filter: Value| {
        let request = body::export(profile, &filter, &receiver.recipient);
        liaison.post(&incident.of_case("/exports"), &request)
    };
    ask("evidence", json!({})).assert_problem(422, "invalid");
    ask("scope-report", json!({})).assert_problem(422, "invalid");
    // Whatever account it names, it gets its own.
    let asked = ask(
        "account-notice",
        json!({ "account": [incident.other_account] }),
    );
    let export = asked.assert_status(201).member("export");
    let own = |m: &crate::support::Message| m.account == incident.account;
    let seen = liaison
        .get(&format!("/exports/{export}"))
        .assert_status(200)
        .json();
    assert_eq!(seen["messages"], incident.log.count(own));
    decide(&liaison, &export, &body::approve()).assert_problem(403, "not-allowed");
    decide(&incident.custodian(), &export, &body::approve()).assert_status(200);
    let package = take(&liaison, &export).assert_status(200);
    let files = unpack(incident, &package.body, &receiver);
    let told = json_of(&files).len();
    assert_eq!(told, incident.log.numbers_of(own).len());

    let filter = json!({ "account": [incident.other_account] });
    let request = body::export("account-notice", &filter, &receiver.recipient);
    let others = incident.approved_export(&request);
    take(&liaison, &others).assert_problem(404, "not-found");
    liaison
        .get(&format!("/exports/{others}"))
        .assert_problem(404, "not-found");
    let listed = liaison
        .get(&incident.of_case("/exports"))
        .assert_status(200);
    assert!(listed.text().contains(&export));
    assert!(!listed.text().contains(&others));
    assert!(!listed.text().contains(&incident.other_account));
}

#[test]
fn recipients_are_public_age_keys_and_a_secret_one_is_not_said_back() {
    let incident = shared();
    let receiver = Receiver::new();
    let ask = |recipients: Value| {
        let mut request = body::export("scope-report", &json!({}), &receiver.recipient);
        request["recipients"] = recipients;
        incident
            .investigator()
            .post(&incident.of_case("/exports"), &request)
    };
    let secret = ask(json!([receiver.recipient, receiver.identity]));
    let secret = secret.assert_problem(422, "invalid");
    assert_eq!(secret.json()["at"], "recipients[1]");
    assert!(!secret.text().contains(&receiver.identity[16..]));
    let broken = receiver
        .recipient
        .replace(|c: char| c.is_ascii_digit(), "b");
    for recipients in [
        json!([]),
        json!([receiver.recipient, receiver.recipient]),
        json!(["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"]),
        json!(["a passphrase"]),
        json!([broken]),
        json!(["+447700900123"]),
        json!([""]),
    ] {
        let answer = ask(recipients).assert_problem(422, "invalid");
        assert!(!answer.text().contains("7700"));
        assert!(!answer.text().contains("passphrase\""));
    }
}

#[test]
fn an_export_names_its_profile_its_account_and_its_legal_basis() {
    let incident = shared();
    let receiver = Receiver::new();
    let ask = |change: &dyn Fn(&mut Value)| {
        let filter = json!({ "account": [incident.account] });
        let mut request = body::export("account-notice", &filter, &receiver.recipient);
        change(&mut request);
        incident
            .investigator()
            .post(&incident.of_case("/exports"), &request)
    };
    ask(&|request| request["filter"] = json!({})).assert_problem(422, "invalid");
    ask(&|request| request["filter"] = json!({ "account": ["a", "b"] }))
        .assert_problem(422, "invalid");
    ask(&|request| request["filter"] = json!({ "account": ["nobody has it"] }))
        .assert_problem(422, "invalid");
    ask(&|request| request["profile"] = json!("everything")).assert_problem(422, "invalid");
    ask(&|request| request["legal_basis"] = json!("")).assert_problem(422, "invalid");
    ask(&|request| request["purpose"] = json!("curiosity")).assert_problem(422, "invalid");
    ask(&|_| {}).assert_status(201);
}

#[test]
fn a_lead_alone_is_told_the_accounts_near_to_one_that_matches_nothing() {
    let rows = csv_of(&[("Contoso Ltd", "+447700900001", "2024-03-10T12:00:00Z")]);
    let incident = Incident::with("", Log::read_short(rows));
    let receiver = Receiver::new();
    let ask = |who: Who, account: &str| {
        let filter = json!({ "account": [account] });
        let request = body::export("account-notice", &filter, &receiver.recipient);
        let path = incident.of_case("/exports");
        incident.client(who).post(&path, &request)
    };
    let refused = ask(Who::Lead, "contoso");
    let leaf = incident.leaf(refused.leaf().unwrap());
    assert!(!leaf.to_string().contains("Contoso"));
    let refused = refused.assert_problem(422, "invalid").json();
    assert_eq!(refused["at"], "filter.account");
    assert_eq!(refused["rule"], "matches no record");
    assert_eq!(refused["near_misses"], json!(["Contoso Ltd"]));
    let refused = ask(Who::Lead, "Initech").assert_problem(422, "invalid");
    assert!(refused.json().get("near_misses").is_none());
    let refused = ask(Who::Investigator, "contoso").assert_problem(422, "invalid");
    assert!(!refused.text().contains("Contoso"));
}

#[test]
fn a_scope_report_takes_no_filter_and_none_by_subject() {
    let incident = shared();
    let receiver = Receiver::new();
    let token = incident.subject(incident.log.messages[0].number.as_str());
    for (filter, at) in [
        (json!({ "subject": [token] }), "filter.subject"),
        (json!({ "country": ["US"] }), "filter"),
        (json!({ "account": [incident.account] }), "filter"),
        (json!({ "sent_from": "2024-03-10T00:00:00Z" }), "filter"),
    ] {
        let request = body::export("scope-report", &filter, &receiver.recipient);
        let asked = incident
            .investigator()
            .post(&incident.of_case("/exports"), &request);
        assert_eq!(asked.assert_problem(422, "invalid").json()["at"], at);
    }
}
