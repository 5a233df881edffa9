//! Somebody new: invited under a free name, enrolled once and in time.

use serde_json::json;

use crate::support::{Client, PASSWORD, TestVault, Who};

const DAY: i64 = 86_400;

#[test]
fn an_invitation_is_used_once_and_in_time() {
    let vault = TestVault::new();
    let use_it = |enrolment: &str, password: &str| {
        let body = json!({ "enrolment": enrolment, "password": password });
        vault.anonymous().post("/enrolments", &body)
    };
    let (_, enrolment) = vault.invite("first.one", "investigator");
    use_it(&enrolment, "short").assert_problem(422, "invalid");
    use_it(&enrolment, PASSWORD).assert_status(201);
    use_it(&enrolment, PASSWORD).assert_problem(401, "wrong-credential");
    let (_, late) = vault.invite("second.one", "investigator");
    vault.clock.advance_seconds(3 * DAY);
    use_it(&late, PASSWORD).assert_problem(401, "wrong-credential");
    use_it("no invitation at all", PASSWORD).assert_problem(401, "wrong-credential");
}

#[test]
fn a_name_is_given_once_and_nobody_ends_themselves() {
    let vault = TestVault::new();
    let unsaid = vault
        .administrator()
        .post("/operators", &json!({ "name": "somebody" }))
        .assert_problem(422, "invalid");
    assert_eq!(unsaid.json()["at"], "role");
    // The name is still free.
    vault.invite("somebody", "investigator");
    let body = json!({ "name": "somebody", "role": "lead" });
    let answer = vault.administrator().post("/operators", &body);
    answer.assert_problem(409, "name-taken");
    let path = format!("/operators/{}", vault.operator(Who::Administrator));
    let answer = vault.administrator().delete(&path);
    answer.assert_problem(409, "own-membership");
}

#[test]
fn nobody_alone_becomes_two_administrators_or_the_only_one() {
    let vault = TestVault::new();
    let (one, other) = (vault.administrator(), vault.other_administrator());
    let id = |client: &Client| client.get("/me").assert_status(200).member("operator");
    let (own, others) = (id(&one), id(&other));
    let invited = json!({ "name": "a.third", "role": "administrator" });
    for client in [&one, &other] {
        let refused = client.post("/operators", &invited);
        refused.assert_problem(409, "administrator-on-host");
    }
    let ended = one.delete(&format!("/operators/{others}"));
    ended.assert_problem(409, "administrator-on-host");
    let ended = other.delete(&format!("/operators/{own}"));
    ended.assert_problem(409, "administrator-on-host");
    // Nor by an account of another role, or an invitation that is given back.
    let list = one.get("/operators").assert_status(200).json();
    let all = list["operators"].as_array().unwrap();
    assert!(all.iter().all(|one| one["name"] != "a.third"), "{list}");
    vault.invite("a.lead", "lead");
    // With the passphrase, on the host.
    let (third, enrolment) = vault.invite("a.third", "administrator");
    let path = format!("/operators/{third}");
    other.delete(&path).assert_status(200);
    let body = json!({ "enrolment": enrolment, "password": PASSWORD });
    let late = vault.anonymous().post("/enrolments", &body);
    late.assert_problem(401, "wrong-credential");
    vault.revoke_on_host(&others);
    other.get("/me").assert_problem(401, "session-ended");
    // Whoever is the only one invites the next.
    one.post("/operators", &invited).assert_status(201);
}
