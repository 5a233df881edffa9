//! Somebody moves the machine's clock while the vault is served.

use serde_json::json;

use crate::support::{Incident, PASSWORD, TestVault, body, code, invented};

const YEAR: i64 = 365 * 86_400;

#[test]
fn a_clock_that_jumps_ahead_gives_no_points() {
    let toml = "[budgets]\nlookup_points = 1\nlookup_points_per_hour = 1\n";
    let incident = Incident::with(toml, invented(300, 11));
    let lead = incident.lead();
    let number = incident.log.messages[0].number.clone();
    let look_up = || incident.look_up(&lead, &[&number]);
    look_up().assert_status(200);
    for jump in [3600, YEAR, -YEAR - 3600] {
        incident.clock.jump_seconds(jump);
        look_up().assert_problem(429, "budget-spent");
    }
    incident.clock.advance_seconds(3600);
    look_up().assert_status(200);
}

#[test]
fn a_clock_that_jumps_ahead_lets_nobody_try_more_passwords() {
    let vault = TestVault::new();
    vault.lead();
    for _ in 0..5 {
        vault.sign_in("lead.one", "not the password of it");
    }
    for jump in [YEAR, -YEAR] {
        vault.clock.jump_seconds(jump);
        vault
            .sign_in("lead.one", "not the password of it")
            .assert_problem(429, "throttled");
    }
    vault.clock.advance_seconds(30);
    vault.sign_in("lead.one", PASSWORD).assert_status(201);
}

#[test]
fn a_clock_that_jumps_ahead_ends_no_session_and_no_request() {
    let incident = Incident::new();
    let investigator = incident.investigator();
    let subjects = vec![incident.subject(&incident.log.messages[0].number)];
    let reveal = incident.approved_reveal(&subjects);
    incident.clock.jump_seconds(YEAR);
    let open = format!("/reveals/{reveal}/open");
    investigator.post(&open, &json!({})).assert_status(200);
    incident.clock.jump_seconds(-YEAR);
    investigator.get("/me").assert_status(200);
}

#[test]
fn a_clock_that_goes_back_brings_no_session_back() {
    let vault = TestVault::new();
    let lead = vault.lead();
    vault.clock.advance_seconds(8 * 3600);
    for jump in [0, -4 * 3600, -YEAR] {
        vault.clock.jump_seconds(jump);
        lead.get("/me").assert_problem(401, "session-ended");
    }
}

#[test]
fn a_clock_that_goes_back_brings_no_invitation_back() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("late.comer", "investigator");
    vault.clock.advance_seconds(3 * 86_400);
    vault.clock.jump_seconds(-2 * 86_400);
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let answer = vault.anonymous().post("/enrolments", &body);
    answer.assert_problem(401, "wrong-credential");
}

#[test]
fn a_clock_that_goes_back_brings_no_request_and_no_approval_back() {
    let incident = Incident::new();
    let subjects = vec![incident.subject(&incident.log.messages[0].number)];
    let asked = incident.ask_reveal(&incident.investigator(), &subjects);
    let approved = incident.approved_reveal(&subjects);
    let report = {
        let key = age::x25519::Identity::generate().to_public().to_string();
        body::export(
            "account-notice",
            &json!({ "account": [incident.account] }),
            &key,
        )
    };
    let exported = incident.approved_export(&report);
    incident.clock.advance_seconds(7 * 86_400);
    incident.clock.jump_seconds(-7 * 86_400);
    incident.forget_sessions();
    let path = format!("/reveals/{asked}/decision");
    let decided = incident.lead().post(&path, &body::approve());
    decided.assert_problem(409, "expired");
    let path = format!("/reveals/{approved}/open");
    let opened = incident.investigator().post(&path, &json!({}));
    opened.assert_problem(409, "expired");
    let path = format!("/exports/{exported}/package");
    let taken = incident.custodian().get(&path);
    taken.assert_problem(409, "expired");
    let shown = incident.lead().get(&format!("/reveals/{asked}"));
    assert_eq!(shown.member("state"), "expired");
}

#[test]
fn a_clock_that_jumps_locks_no_second_factor_out() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("with.totp", "lead");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    let secret = enrolled.assert_status(201).member("totp_secret");
    let mut real = 1_712_048_400;
    let sign_in = |seconds: i64| {
        let totp = code(&secret, seconds);
        let body = json!({ "name": "with.totp", "password": PASSWORD, "totp": totp });
        vault.anonymous().post("/sessions", &body)
    };
    sign_in(real).assert_status(201);
    vault.clock.jump_seconds(YEAR);
    // Both clocks are believed while nobody knows which is right.
    sign_in(real + YEAR).assert_status(201);
    vault.clock.advance_seconds(60);
    real += 60;
    sign_in(real).assert_status(201);
    vault.clock.jump_seconds(-YEAR);
    sign_in(real).assert_problem(401, "wrong-credential");
    vault.clock.advance_seconds(30);
    real += 30;
    sign_in(real).assert_status(201);
    sign_in(real).assert_problem(401, "wrong-credential");
}

#[test]
fn a_code_that_was_used_is_not_good_again_however_often_the_clock_jumps() {
    let vault = TestVault::new();
    let (_, enrolment) = vault.invite("with.totp", "lead");
    let body = json!({ "enrolment": enrolment, "password": PASSWORD, "totp": true });
    let enrolled = vault.anonymous().post("/enrolments", &body);
    let secret = enrolled.assert_status(201).member("totp_secret");
    let real = vault.seconds();
    let sign_in = |seconds: i64| {
        let totp = code(&secret, seconds);
        let body = json!({ "name": "with.totp", "password": PASSWORD, "totp": totp });
        vault.anonymous().post("/sessions", &body)
    };
    sign_in(real).assert_status(201);
    let at_jump = |jump: i64| {
        vault.clock.jump_seconds(jump);
        let answer = sign_in(real + jump);
        vault.clock.jump_seconds(-jump);
        answer
    };
    // The owner signs in by each of the times that the clock jumps to.
    for jump in (1..=12).map(|no| no * 600) {
        at_jump(jump).assert_status(201);
    }
    at_jump(-3600).assert_status(201);
    // The clock is right again, and no code works a second time.
    for jump in [0, 600, 7200, -3600] {
        at_jump(jump).assert_problem(401, "wrong-credential");
    }
    // Nobody is locked out.
    let later = 31 * 60;
    vault.clock.advance_seconds(later);
    sign_in(real + later).assert_status(201);
}
