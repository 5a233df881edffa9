//! Somebody new: invited under a free name, enrolled once and in time.

use serde_json::json;

use crate::support::{PASSWORD, TestVault, Who};

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
