//! Whoever has a passkey comes in with it and with nothing else; and who must have one.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Authenticator, Client, PASSWORD, Says, TestVault, Who, code};

const REQUIRED: &str = "[sign_in]\npasskeys = \"required\"\n";

#[test]
fn a_passkey_takes_the_place_of_the_code_and_no_code_takes_its_place() {
    let vault = TestVault::with("[identity]\nsecond_factor = \"required\"\n");
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    let code = || {
        vault.clock.advance_seconds(30);
        code(&vault.second_factor(Who::Lead).unwrap(), vault.seconds())
    };
    let with = |totp: Value, passkey: Value, password: &str| {
        let body = json!({ "name": name, "password": password, "totp": totp, "passkey": passkey });
        vault.anonymous().post("/sessions", &body)
    };
    with(json!(code()), Value::Null, PASSWORD).assert_status(201);
    // Without a code the password enrols no first passkey.
    let mut making = lead.making(&key, "first key");
    lead.post("/me/passkeys", &making)
        .assert_problem(401, "wrong-credential");
    making["totp"] = json!(code());
    lead.post("/me/passkeys", &making).assert_status(201);
    // A right code, a wrong one, none, and a wrong password look alike.
    let wrong = with(json!("000000"), Value::Null, PASSWORD);
    wrong.clone().assert_problem(401, "wrong-credential");
    for (totp, password) in [
        (json!(code()), PASSWORD),
        (Value::Null, PASSWORD),
        (json!(code()), "not the password"),
    ] {
        let refused = with(totp, Value::Null, password);
        assert_eq!(refused.comparable(), wrong.comparable());
        vault.clock.advance_seconds(600);
    }
    let challenge = || {
        vault
            .anonymous()
            .get("/sessions/challenge")
            .assert_status(200)
            .json()
    };
    // A passkey with a code beside it, or with a wrong password, is refused in the same words.
    let both = with(json!(code()), json!(key.sign(&challenge())), PASSWORD);
    assert_eq!(both.comparable(), wrong.comparable());
    let guessed = with(
        Value::Null,
        json!(key.sign(&challenge())),
        "not the password",
    );
    assert_eq!(guessed.comparable(), wrong.comparable());
    let opened = vault
        .anonymous()
        .sign_in_with(&key, name)
        .assert_status(201);
    let session = vault.anonymous().with_token(&opened.member("token"));
    session.get("/me").assert_status(200);
    // Nobody sets up a code for the account with the password.
    let body = json!({ "name": name, "password": PASSWORD });
    let second = vault.anonymous().post("/second-factors", &body);
    second.assert_problem(401, "wrong-credential");
}

#[test]
fn a_sign_in_is_signed_once_for_it_here_by_a_verified_owner() {
    let vault = TestVault::new();
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    lead.enrol(&key);
    let challenge = || {
        vault
            .anonymous()
            .get("/sessions/challenge")
            .assert_status(200)
            .json()
    };
    let enter = |name: &str, passkey: &str| {
        let body = json!({ "name": name, "password": PASSWORD, "passkey": passkey });
        vault.anonymous().post("/sessions", &body)
    };
    let refused = |passkey: &str| {
        enter(name, passkey).assert_problem(401, "wrong-credential");
        vault.clock.advance_seconds(600);
    };
    let signed = key.sign(&challenge());
    enter(name, &signed).assert_status(201);
    refused(&signed);
    refused(&Authenticator::new().sign(&challenge()));
    refused("not an assertion");
    for says in [
        Says {
            flags: 0x01,
            ..Says::TRUTH
        },
        Says {
            origin: "https://evil.example",
            ..Says::TRUTH
        },
        Says {
            relying_party: "evil.example",
            ..Says::TRUTH
        },
        // A copy of it that was used less.
        Says {
            counter: Some(1),
            ..Says::TRUTH
        },
    ] {
        let counter = says.counter.or(Some(1000));
        refused(&key.sign_as(&challenge(), Says { counter, ..says }));
    }
    let late = key.sign(&challenge());
    vault.clock.advance_seconds(301);
    refused(&late);
    // What was signed for an act opens no session.
    let lead = vault
        .anonymous()
        .with_token(&enter(name, &key.sign(&challenge())).member("token"));
    let invited = json!({ "old_password": PASSWORD, "new_password": "another long password" });
    let act = lead
        .challenge(&Method::PUT, "/me/password", &invited)
        .assert_status(200);
    refused(&key.sign(&act.json()));
    // Nor does the passkey of one person open the account of another.
    vault.second_lead();
    let other = enter(Who::SecondLead.name(), &key.sign(&challenge()));
    other.assert_problem(401, "wrong-credential");
}

#[test]
fn a_copied_passkey_is_refused_at_the_door_with_an_alarm() {
    let vault = TestVault::new();
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    lead.enrol(&key);
    vault
        .anonymous()
        .sign_in_with(&key, name)
        .assert_status(201);
    let challenge = vault.anonymous().get("/sessions/challenge").json();
    let copied = key.sign_as(
        &challenge,
        Says {
            counter: Some(1),
            ..Says::TRUTH
        },
    );
    let body = json!({ "name": name, "password": PASSWORD, "passkey": copied });
    let refused = vault.anonymous().post("/sessions", &body);
    let refused = refused.assert_problem(401, "wrong-credential");
    let path = format!("/audit/leaves/{}", refused.leaf().unwrap());
    let leaf = vault.auditor().get(&path).assert_status(200).json()["leaf"].clone();
    assert_eq!(leaf["alarm"], "passkey-copied", "{leaf}");
}

#[test]
fn the_right_password_without_the_passkey_raises_an_alarm_and_a_wrong_one_none() {
    let vault = TestVault::new();
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    lead.enrol(&key);
    let alarm = |password: &str, passkey: Value, totp: Value| {
        let body = json!({ "name": name, "password": password, "passkey": passkey, "totp": totp });
        let refused = vault.anonymous().post("/sessions", &body);
        let refused = refused.assert_problem(401, "wrong-credential");
        vault.clock.advance_seconds(600);
        let path = format!("/audit/leaves/{}", refused.leaf().unwrap());
        vault.auditor().get(&path).assert_status(200).json()["leaf"]["alarm"].clone()
    };
    let challenge = || vault.anonymous().get("/sessions/challenge").json();
    let known = json!("password-known");
    let strange = || json!(Authenticator::new().sign(&challenge()));
    assert_eq!(alarm(PASSWORD, Value::Null, Value::Null), known);
    assert_eq!(alarm(PASSWORD, Value::Null, json!("287082")), known);
    assert_eq!(alarm(PASSWORD, strange(), Value::Null), known);
    assert_eq!(
        alarm(PASSWORD, json!(key.sign(&challenge())), json!("287082")),
        known
    );
    let wrong = "not the password";
    assert_eq!(alarm(wrong, Value::Null, Value::Null), Value::Null);
    assert_eq!(
        alarm(wrong, json!(key.sign(&challenge())), Value::Null),
        Value::Null
    );
}

#[test]
fn where_it_is_required_a_role_without_one_enrols_one_and_does_nothing_else() {
    let vault = TestVault::with(REQUIRED);
    let (administrator, key) = (vault.client(Who::Administrator), Authenticator::new());
    for path in ["/operators", "/inbox", "/sessions", "/health"] {
        administrator
            .get(path)
            .assert_problem(403, "passkey-needed");
    }
    let invited = json!({ "name": "an.investigator", "role": "investigator" });
    let refused = administrator.post("/operators", &invited);
    refused.assert_problem(403, "passkey-needed");
    let changed = json!({ "old_password": PASSWORD, "new_password": "another long password" });
    let refused = administrator.put("/me/password", &changed);
    refused.assert_problem(403, "passkey-needed");
    administrator.get("/me").assert_status(200);
    administrator.get("/me/passkeys").assert_status(200);
    administrator.enrol(&key);
    administrator.get("/operators").assert_status(200);
    let post = &Method::POST;
    let invited = administrator
        .signed(&key, post, "/operators", &invited)
        .assert_status(201);
    // Whoever needs none works without.
    let body = json!({ "enrolment": invited.member("enrolment"), "password": PASSWORD });
    vault
        .anonymous()
        .post("/enrolments", &body)
        .assert_status(201);
    let session = vault
        .sign_in("an.investigator", PASSWORD)
        .assert_status(201);
    let session = vault.anonymous().with_token(&session.member("token"));
    session.get("/inbox").assert_status(200);
}

#[test]
fn whoever_was_recognised_before_the_passkey_that_their_role_needs_is_recognised_anew() {
    let vault = TestVault::with(REQUIRED);
    let (administrator, key) = (vault.client(Who::Administrator), Authenticator::new());
    administrator.enrol(&key);
    let person = |name: &str, role: &str| {
        let body = json!({ "name": name, "role": role });
        let invited = administrator.signed(&key, &Method::POST, "/operators", &body);
        let invited = invited.assert_status(201);
        let body = json!({ "enrolment": invited.member("enrolment"), "password": PASSWORD });
        let enrolled = vault.anonymous().post("/enrolments", &body);
        enrolled.assert_status(201);
        let opened = vault.sign_in(name, PASSWORD).assert_status(201);
        let client = vault.anonymous().with_token(&opened.member("token"));
        (client, invited.member("operator"))
    };
    let (lead, _) = person("the.lead", "lead");
    let signs = Authenticator::new();
    lead.enrol(&signs);
    let body = json!({
        "title": "SMS logs of March", "reference": "INC-2024-0401", "reason": "a breach at a supplier",
    });
    let opened = lead.post("/cases", &body).assert_status(201);
    let case = format!("/cases/{}", opened.member("case"));
    let (custodian, operator) = person("the.custodian", "custodian");
    let (investigator, other) = person("an.investigator", "investigator");
    let member = |operator: &str| format!("{case}/members/{operator}");
    let name = |operator: &str, role: &str| {
        let body = json!({ "role": role });
        let named = lead.signed(&signs, &Method::PUT, &member(operator), &body);
        named.assert_status(200);
    };
    let recognise = |operator: &str, somebody: &Client| {
        let heard = somebody.get("/me").assert_status(200).member("fingerprint");
        let body = json!({ "fingerprint": heard, "reason": "read out by telephone" });
        let path = format!("{}/recognition", member(operator));
        let known = lead.signed(&signs, &Method::POST, &path, &body);
        known.assert_status(200);
    };
    name(&operator, "custodian");
    name(&other, "investigator");
    recognise(&operator, &custodian);
    recognise(&other, &investigator);
    custodian.get(&case).assert_problem(403, "passkey-needed");
    // Whoever has the password could have enrolled this one.
    custodian.enrol(&Authenticator::new());
    custodian.get(&case).assert_problem(403, "not-recognised");
    recognise(&operator, &custodian);
    custodian.get(&case).assert_status(200);
    // A role that needs no passkey is worked in without one, and goes on with one.
    investigator.get(&case).assert_status(200);
    investigator.enrol(&Authenticator::new());
    investigator.get(&case).assert_status(200);
}

#[test]
fn a_new_password_is_signed_for_and_needs_no_code() {
    let vault = TestVault::new();
    let (lead, key) = (vault.lead(), Authenticator::new());
    lead.enrol(&key);
    let new = "another password of the tests";
    let body = json!({ "old_password": PASSWORD, "new_password": new });
    lead.put("/me/password", &body)
        .assert_problem(403, "assertion-needed");
    let put = &Method::PUT;
    let wrong = json!({ "old_password": "not the password", "new_password": new });
    let refused = lead.signed(&key, put, "/me/password", &wrong);
    refused.assert_problem(401, "wrong-credential");
    lead.signed(&key, put, "/me/password", &body)
        .assert_status(200);
    let challenge = vault.anonymous().get("/sessions/challenge").json();
    let body =
        json!({ "name": Who::Lead.name(), "password": new, "passkey": key.sign(&challenge) });
    vault
        .anonymous()
        .post("/sessions", &body)
        .assert_status(201);
}
