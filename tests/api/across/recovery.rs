//! Somebody who lost all passkeys comes back by a code and a delay, and by nothing shorter.

use std::sync::Arc;
use std::time::Duration;

use breachvault::domain::OperatorName;
use breachvault::policy::Denial;
use breachvault::vault::backup::{Room, Sources, Target, back_up_database, back_up_keyring};
use breachvault::vault::clock::Clock as _;
use breachvault::vault::entropy::SystemEntropy;
use breachvault::vault::identity::{Password, RecoveryCode};
use breachvault::vault::keyring::Passphrase;
use breachvault::vault::{Passkeys, Recover, Refusal, SecondFactor, Settings};
use serde_json::{Value, json};

use crate::support::{Answer, Authenticator, Browser, Client, Incident, PASSWORD, TestVault, Who};

const DAY: i64 = 24 * 3600;

fn enrolled(client: &Client, key: &Authenticator) -> String {
    let enrolled = client.post("/me/passkeys", &client.making(key, "a key"));
    enrolled.assert_status(201).member("recovery_code")
}

fn recover(vault: &TestVault, password: &str, code: &str) -> Answer {
    let asked = json!({ "name": Who::Lead.name(), "password": password, "code": code });
    vault.anonymous().post("/recoveries", &asked)
}

fn leaf(vault: &TestVault, answer: &Answer) -> Value {
    let path = format!("/audit/leaves/{}", answer.leaf().unwrap());
    vault.auditor().get(&path).assert_status(200).json()["leaf"].clone()
}

#[test]
fn a_code_opens_nothing_before_the_delay_is_over_and_then_enrols_a_passkey_and_does_nothing_else() {
    let incident = Incident::new();
    let (lead, old, new) = (incident.lead(), Authenticator::new(), Authenticator::new());
    let code = enrolled(&lead, &old);
    let begun = recover(&incident, PASSWORD, &code).assert_status(201);
    let told = begun.json();
    assert_eq!(
        (&told["token"], &told["left_s"]),
        (&Value::Null, &json!(DAY))
    );
    let written = leaf(&incident, &begun);
    assert_eq!(written["action"], "session.recover", "{written}");
    assert_eq!(written["alarm"], "recovery-begun", "{written}");
    assert_eq!(written["object"], incident.operator(Who::Lead).as_str());
    assert!(!written.to_string().contains(&code));
    // Asked again it waits on, and is no new alarm.
    incident.clock.advance_seconds(DAY - 60);
    incident.forget_sessions();
    let waits = recover(&incident, PASSWORD, &code).assert_status(201);
    assert_eq!(
        (&waits.json()["token"], &waits.json()["left_s"]),
        (&Value::Null, &json!(60))
    );
    assert!(leaf(&incident, &waits).get("alarm").is_none());
    // The password is still not enough, and the code is no code of a second factor.
    let name = Who::Lead.name();
    incident
        .sign_in(name, PASSWORD)
        .assert_problem(401, "wrong-credential");
    incident.clock.advance_seconds(60);
    let opened = recover(&incident, PASSWORD, &code).assert_status(201);
    let session = incident.anonymous().with_token(&opened.member("token"));
    session.get("/me").assert_status(200);
    let list = session.get("/me/passkeys").assert_status(200).json();
    assert_eq!(list["passkeys"].as_array().unwrap().len(), 1, "{list}");
    let changed = json!({ "old_password": PASSWORD, "new_password": "another long password" });
    session
        .put("/me/password", &changed)
        .assert_problem(403, "passkey-needed");
    for path in [
        "/inbox",
        "/sessions",
        "/operators",
        "/cases",
        &incident.of_case(""),
    ] {
        session.get(path).assert_problem(403, "passkey-needed");
    }
    session
        .post(&incident.of_case("/close"), &crate::support::body::reason())
        .assert_problem(403, "passkey-needed");
    // With the new passkey the old one goes, and the code before it.
    let mut body = session.making(&new, "new key");
    body["password"] = json!("not the password");
    session
        .post("/me/passkeys", &body)
        .assert_problem(401, "wrong-credential");
    let next = enrolled(&session, &new);
    assert_ne!(next, code);
    let list = session.get("/me/passkeys").assert_status(200).json();
    assert_eq!(list["passkeys"].as_array().unwrap().len(), 1, "{list}");
    session.get("/inbox").assert_status(200);
    incident
        .anonymous()
        .sign_in_with(&old, name)
        .assert_problem(401, "wrong-credential");
    incident
        .anonymous()
        .sign_in_with(&new, name)
        .assert_status(201);
    recover(&incident, PASSWORD, &code).assert_problem(401, "wrong-credential");
    assert_eq!(
        recover(&incident, PASSWORD, &next)
            .assert_status(201)
            .json()["left_s"],
        DAY
    );
}

#[test]
fn a_wrong_code_or_password_begins_nothing_and_is_throttled_as_at_a_sign_in() {
    let vault = TestVault::new();
    let (lead, key) = (vault.lead(), Authenticator::new());
    let first = enrolled(&lead, &key);
    // A code before the newest, and one that nobody was given.
    let body = lead.making(&Authenticator::new(), "second key");
    let code = lead.signed(&key, &ureq::http::Method::POST, "/me/passkeys", &body);
    let code = code.assert_status(201).member("recovery_code");
    let made_up = format!("{:A>42}A", 7);
    let wrong = recover(&vault, PASSWORD, &first);
    assert_eq!(wrong.problem(), "wrong-credential");
    assert_eq!(leaf(&vault, &wrong)["alarm"], "password-known");
    let other = recover(&vault, "not the password", &code);
    assert_eq!(other.comparable(), wrong.comparable());
    assert!(leaf(&vault, &other).get("alarm").is_none());
    let nobody = json!({ "name": "nobody", "password": PASSWORD, "code": code });
    let nobody = vault.anonymous().post("/recoveries", &nobody);
    assert_eq!(nobody.comparable(), wrong.comparable());
    // Somebody without a passkey recovers nothing.
    vault.second_lead();
    let without = json!({ "name": Who::SecondLead.name(), "password": PASSWORD, "code": code });
    let without = vault.anonymous().post("/recoveries", &without);
    assert_eq!(without.comparable(), wrong.comparable());
    let unread = recover(&vault, PASSWORD, "no code at all");
    unread.assert_problem(401, "wrong-credential");
    let mut last = 0;
    for _ in 0..30 {
        last = recover(&vault, PASSWORD, &made_up).status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "tries are throttled");
    let listed = vault.administrator().get("/operators").assert_status(200);
    assert!(!listed.text().contains("recovers_at"), "{}", listed.text());
}

#[test]
fn whoever_signs_in_with_a_passkey_has_not_lost_it() {
    let vault = TestVault::new();
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    let code = enrolled(&lead, &key);
    recover(&vault, PASSWORD, &code).assert_status(201);
    vault
        .anonymous()
        .sign_in_with(&key, name)
        .assert_status(201);
    recover(&vault, PASSWORD, &code).assert_problem(401, "wrong-credential");
    vault.clock.advance_seconds(2 * DAY);
    recover(&vault, PASSWORD, &code).assert_problem(401, "wrong-credential");
}

#[test]
fn a_delay_is_the_configured_one_and_a_recovery_that_nobody_ends_lapses() {
    let vault = TestVault::with("[sign_in]\npasskeys = \"offered\"\nrecovery_hours = 2\n");
    let (lead, key) = (vault.lead(), Authenticator::new());
    let code = enrolled(&lead, &key);
    let begun = recover(&vault, PASSWORD, &code).assert_status(201).json();
    assert_eq!(begun["left_s"], 2 * 3600);
    vault.clock.advance_seconds(8 * DAY);
    vault.forget_sessions();
    // It begins anew, with its delay and its alarm.
    let again = recover(&vault, PASSWORD, &code).assert_status(201);
    assert_eq!(again.json()["left_s"], 2 * 3600);
    assert_eq!(leaf(&vault, &again)["alarm"], "recovery-begun");
    vault.clock.advance_seconds(2 * 3600);
    let opened = recover(&vault, PASSWORD, &code).assert_status(201);
    let session = vault.anonymous().with_token(&opened.member("token"));
    session.get("/me").assert_status(200);
    // It is short.
    vault.clock.advance_seconds(15 * 60);
    session.get("/me").assert_problem(401, "session-ended");
}

#[test]
fn a_recovery_that_was_stopped_after_a_backup_does_not_come_back_with_a_restore() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let code = enrolled(&lead, &Authenticator::new());
    recover(&vault, PASSWORD, &code).assert_status(201);
    vault.clock.advance_seconds(DAY);
    vault.forget_sessions();
    let shelf = tempfile::tempdir().unwrap();
    let [database, keyring] = ["a.bvdata", "a.bvkeys"].map(|name| shelf.path().join(name));
    let now = vault.clock.now();
    let whole = Duration::ZERO;
    back_up_database(&vault.paths, Target::File(&database), now, whole, &|| true).unwrap();
    back_up_keyring(&vault.paths, Target::File(&keyring), now).unwrap();
    let path = format!("/operators/{}/recovery", vault.operator(Who::Lead));
    let stopped = vault.administrator().delete(&path);
    assert_eq!(stopped.assert_status(200).json()["stopped"], true);
    recover(&vault, PASSWORD, &code).assert_problem(401, "wrong-credential");

    let sources = Sources {
        database: &database,
        keyring: &keyring,
        erasures: None,
        mark: None,
        kept: &[],
    };
    let room = Room::prepare(&sources, &shelf.path().join("restored")).unwrap();
    let passphrase = Passphrase::new("a passphrase of the tests".to_owned());
    let keyring = room.keyring().unwrap().unlock(&passphrase).unwrap();
    let entropy = Arc::new(SystemEntropy::new());
    let verified = room.verify(&keyring, &*entropy).unwrap();
    let settings = Settings {
        second_factor: SecondFactor::Offered,
        passkeys: Passkeys::Offered,
        ..Settings::default()
    };
    let clock = Arc::new(vault.clock.clone());
    let restored = room
        .begin(&verified, keyring, settings, clock, entropy)
        .unwrap();
    // In the backup the delay was over, and the code was good.
    let again = restored.vault().recover(Recover {
        name: OperatorName::parse(Who::Lead.name()).unwrap(),
        password: Password::new(PASSWORD.to_owned()),
        code: RecoveryCode::parse(&code).ok().unwrap(),
        address: None,
        for_console: false,
    });
    match again.ok().unwrap() {
        Err(Refusal::Denied(Denial::WrongCredential, _)) => {}
        Ok(_) => panic!("it came back"),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_recovery_goes_by_pages_too() {
    let vault = TestVault::new();
    let (lead, old, new) = (vault.lead(), Authenticator::new(), Authenticator::new());
    let code = enrolled(&lead, &old);
    let browser = Browser::of(&vault);
    browser.get("/console/recovery").assert_status(200);
    let fields = |code| {
        [
            ("name", Who::Lead.name()),
            ("password", PASSWORD),
            ("code", code),
        ]
    };
    let wrong = browser.submit("/console/recovery", &fields("not a code"));
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    let begun = browser.submit("/console/recovery", &fields(&code));
    assert_eq!(begun.status, 200, "{}", begun.text());
    assert!(
        begun.text().contains("The recovery waits"),
        "{}",
        begun.text()
    );
    browser.get("/console/passkeys").assert_status(303);
    vault.clock.advance_seconds(DAY);
    let opened = browser.submit("/console/recovery", &fields(&code));
    assert_eq!(opened.status, 303, "{}", opened.text());
    let page = browser.get("/console/passkeys").assert_status(200);
    assert!(
        page.text().contains("the only one: it stays"),
        "{}",
        page.text()
    );
    let begun = browser.submit("/console/passkeys/challenge", &[]);
    let begun: Value = serde_json::from_slice(&begun.body).unwrap();
    let made = new.make(&begun);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (nonce, client, data) = (
        text("nonce"),
        text("client_data"),
        text("authenticator_data"),
    );
    let fields = [
        ("label", "new key"),
        ("password", PASSWORD),
        ("nonce", &nonce),
        ("client_data", &client),
        ("authenticator_data", &data),
    ];
    let enrolled = browser.submit("/console/passkeys", &fields);
    assert_eq!(enrolled.status, 200, "{}", enrolled.text());
    assert!(
        enrolled.text().contains("recovery code"),
        "{}",
        enrolled.text()
    );
    // It is shown once.
    let page = browser.get("/console/passkeys").assert_status(200).text();
    assert!(
        page.contains("new key") && !page.contains("code class=\"enrolment\""),
        "{page}"
    );
}
