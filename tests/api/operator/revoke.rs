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

#[test]
fn the_name_of_a_revoked_operator_is_free_again_and_gives_nothing_of_theirs() {
    let vault = TestVault::new();
    let name = Who::Outsider.name();
    vault.outsider();
    let old = vault.operator(Who::Outsider);
    let invite = || {
        let body = serde_json::json!({ "name": name, "role": "investigator" });
        vault.administrator().post("/operators", &body)
    };
    invite().assert_problem(409, "name-taken");
    let path = format!("/operators/{old}");
    vault.administrator().delete(&path).assert_status(200);
    let invited = invite().assert_status(201);
    assert_ne!(invited.member("operator"), old);
    // The old password opens nothing, and the old account stays ended beside the new one.
    vault
        .sign_in(name, PASSWORD)
        .assert_problem(401, "wrong-credential");
    let listed = vault
        .administrator()
        .get("/operators")
        .assert_status(200)
        .json();
    let mut states: Vec<_> = listed["operators"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["name"] == name)
        .map(|one| one["state"].as_str().unwrap().to_owned())
        .collect();
    // Those that are of the same second stand in no order.
    states.sort();
    assert_eq!(states, ["invited", "revoked"]);
    vault.administrator().delete(&path).assert_status(200);
}
