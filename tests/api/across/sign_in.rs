//! Sign-in and sessions: what is asked for, what is refused, and what ends them.

use serde_json::json;

use crate::support::{PASSWORD, TestVault, code, shared};

#[test]
fn a_session_ends_with_its_time() {
    let vault = TestVault::new();
    let lead = vault.lead();
    vault.clock.advance_seconds(8 * 3600 - 1);
    lead.get("/me").assert_status(200);
    vault.clock.advance_seconds(1);
    let leaves = vault.leaves();
    let late = lead.get("/me").assert_problem(401, "session-ended");
    assert_eq!(late.header("www-authenticate"), Some("Bearer"));
    assert_eq!(late.leaf(), None);
    assert_eq!(vault.leaves(), leaves);
}

#[test]
fn a_forged_or_malformed_token_is_nobodys() {
    let incident = shared();
    let token = incident.investigator().token().to_owned();
    let mut forged: Vec<char> = token.chars().collect();
    let last = forged.len() - 2;
    forged[last] = if forged[last] == 'A' { 'B' } else { 'A' };
    let forged: String = forged.into_iter().collect();
    let long = "A".repeat(5000);
    for bad in [forged.as_str(), "", "x", "Bearer", &token[1..], &long] {
        let client = incident.anonymous().with_token(bad);
        client.get("/me").assert_problem(401, "unauthenticated");
    }
    let door = incident.anonymous();
    for value in [
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer{token}"),
    ] {
        let headers = [("authorization", value.as_str())];
        let answer = door.send(ureq::http::Method::GET, "/api/v1/me", &headers, &[]);
        answer.assert_problem(401, "unauthenticated");
    }
    let twice = format!("Bearer {token}");
    let headers = [("authorization", twice.as_str()); 2];
    let answer = door.send(ureq::http::Method::GET, "/api/v1/me", &headers, &[]);
    answer.assert_problem(401, "unauthenticated");
}

#[test]
fn a_wrong_password_and_an_unknown_name_look_alike() {
    let vault = TestVault::new();
    vault.lead();
    let wrong = vault.sign_in("lead.one", "not the password of it");
    let unknown = vault.sign_in("nobody.here", PASSWORD);
    let impossible = vault.sign_in("No Such Name!", PASSWORD);
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.problem(), "wrong-credential");
    assert_eq!(wrong.comparable().0, unknown.comparable().0);
    assert_eq!(wrong.comparable().2, unknown.comparable().2);
    assert_eq!(impossible.problem(), "wrong-credential");
    assert!(wrong.leaf().is_some() && unknown.leaf().is_some());
}

#[test]
fn somebody_who_tries_and_tries_has_to_wait() {
    let vault = TestVault::new();
    vault.lead();
    for _ in 0..5 {
        vault
            .sign_in("lead.one", "not the password of it")
            .assert_problem(401, "wrong-credential");
    }
    let leaves = vault.leaves();
    let throttled = vault.sign_in("lead.one", PASSWORD);
    let wait: i64 = throttled.header("retry-after").unwrap().parse().unwrap();
    throttled.assert_problem(429, "throttled");
    assert_eq!(vault.leaves(), leaves, "a throttled attempt fills no log");
    vault.clock.advance_seconds(wait);
    vault.sign_in("lead.one", PASSWORD).assert_status(201);
}

#[test]
fn strangers_are_throttled_by_their_address() {
    let vault = TestVault::with("[limits]\nstranger_burst = 3\nstranger_per_minute = 1\n");
    let statuses: Vec<u16> = (0..5)
        .map(|_| vault.anonymous().get("/me").status)
        .collect();
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    let answer = vault.anonymous().get("/me");
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn a_second_factor_is_asked_for_and_taken_once() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("with.totp", "lead");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    let secret = enrolled.assert_status(201).member("totp_secret");
    let now = || breachvault::vault::clock::Clock::now(&vault.clock).seconds();
    let sign_in = |totp: Option<&str>| {
        let body = json!({ "name": "with.totp", "password": PASSWORD, "totp": totp });
        vault.anonymous().post("/sessions", &body)
    };
    sign_in(None).assert_problem(401, "wrong-credential");
    let good = code(&secret, now());
    let wrong = format!("{:06}", (good.parse::<u32>().unwrap() + 1) % 1_000_000);
    sign_in(Some(&wrong)).assert_problem(401, "wrong-credential");
    sign_in(Some(&good)).assert_status(201);
    sign_in(Some(&good)).assert_problem(401, "wrong-credential");
    vault.clock.advance_seconds(60);
    sign_in(Some(&good)).assert_problem(401, "wrong-credential");
    sign_in(Some(&code(&secret, now()))).assert_status(201);
    let malformed = sign_in(Some("12 34"));
    assert_eq!(malformed.status, 422);
    assert!(!malformed.text().contains("12 34"));
}
