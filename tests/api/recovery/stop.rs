//! A recovery is stopped.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Authenticator, Client, PASSWORD, TestVault, Who, body};

/// Begins the recovery of the lead, who has a passkey; answers the code.
fn begun(vault: &TestVault) -> String {
    let (lead, key) = (vault.lead(), Authenticator::new());
    let enrolled = lead.post("/me/passkeys", &lead.making(&key, "a key"));
    let code = enrolled.assert_status(201).member("recovery_code");
    recover(vault, &code).assert_status(201);
    code
}

fn recover(vault: &TestVault, code: &str) -> crate::support::Answer {
    let asked = json!({ "name": Who::Lead.name(), "password": PASSWORD, "code": code });
    vault.anonymous().post("/recoveries", &asked)
}

fn recovers_at(client: &Client) -> Value {
    let listed = client.get("/operators").assert_status(200).json();
    let all = listed["operators"].as_array().unwrap();
    let lead = all.iter().find(|one| one["name"] == Who::Lead.name());
    lead.unwrap()["recovers_at"].clone()
}

#[test]
fn another_lead_or_an_administrator_sees_it_and_stops_it_and_its_code_is_used_up() {
    let vault = TestVault::new();
    let code = begun(&vault);
    let path = format!("/operators/{}/recovery", vault.operator(Who::Lead));
    let (other, administrator) = (vault.second_lead(), vault.administrator());
    for client in [&other, &administrator] {
        assert!(recovers_at(client).is_string());
        let inbox = client.get("/inbox").assert_status(200).json();
        let tasks = inbox["tasks"].as_array().unwrap();
        let task = tasks.iter().find(|one| one["kind"] == "recovery").unwrap();
        assert_eq!(task["name"], Who::Lead.name());
        assert_eq!(task["operator"], vault.operator(Who::Lead).as_str());
    }
    for who in [Who::Investigator, Who::Custodian, Who::Auditor] {
        let inbox = vault.client(who).get("/inbox").assert_status(200).json();
        assert!(!inbox.to_string().contains("recovery"), "{inbox}");
        let refused = vault.client(who).delete(&path);
        refused.assert_problem(403, "not-allowed");
    }
    let stopped = other.delete_with(&path, &json!({ "reason": body::REASON }));
    let stopped = stopped.assert_status(200);
    assert_eq!(stopped.json()["stopped"], true);
    let leaf = format!("/audit/leaves/{}", stopped.leaf().unwrap());
    let leaf = vault.auditor().get(&leaf).assert_status(200).json()["leaf"].clone();
    assert_eq!(leaf["action"], "operator.stop-recovery", "{leaf}");
    assert_eq!(leaf["object"], vault.operator(Who::Lead).as_str());
    assert_eq!(recovers_at(&administrator), Value::Null);
    // The code begins nothing any more, however long somebody waits.
    recover(&vault, &code).assert_problem(401, "wrong-credential");
    vault.clock.advance_seconds(25 * 3600);
    recover(&vault, &code).assert_problem(401, "wrong-credential");
    // There is nothing more to stop.
    vault.forget_sessions();
    let again = vault.administrator().delete(&path).assert_status(200);
    assert_eq!(again.json()["stopped"], false);
}

#[test]
fn whoever_has_a_passkey_signs_that_they_stop_it_and_what_it_opened_ends() {
    let vault = TestVault::new();
    let code = begun(&vault);
    let key = Authenticator::new();
    vault.clock.advance_seconds(24 * 3600);
    vault.forget_sessions();
    let opened = recover(&vault, &code).assert_status(201);
    let recovering = vault.anonymous().with_token(&opened.member("token"));
    recovering.get("/me").assert_status(200);
    let other = vault.second_lead();
    other.enrol(&key);
    let path = format!("/operators/{}/recovery", vault.operator(Who::Lead));
    other.delete(&path).assert_problem(403, "assertion-needed");
    let stopped = other.signed(&key, &Method::DELETE, &path, &Value::Null);
    assert_eq!(stopped.assert_status(200).json()["stopped"], true);
    recovering.get("/me").assert_problem(401, "session-ended");
    recover(&vault, &code).assert_problem(401, "wrong-credential");
}
