//! Somebody who must go.

use crate::support::{PASSWORD, TestVault, Who};

#[test]
fn a_revoked_operator_loses_every_session_and_the_right_to_sign_in() {
    let vault = TestVault::new();
    let (one, two) = (vault.outsider(), vault.new_session(Who::Outsider));
    let path = format!("/operators/{}", vault.operator(Who::Outsider));
    let revoked = vault.administrator().delete(&path).assert_status(200);
    assert_eq!(revoked.json()["sessions_ended"], 2);
    one.get("/me").assert_problem(401, "session-ended");
    two.get("/me").assert_problem(401, "session-ended");
    vault
        .sign_in(Who::Outsider.name(), PASSWORD)
        .assert_problem(401, "wrong-credential");
}
