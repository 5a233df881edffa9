//! A passkey is removed, but not the last one.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Authenticator, TestVault, Who};

#[test]
fn one_of_two_is_removed_with_a_signature_and_counts_no_more() {
    let vault = TestVault::new();
    let (lead, name) = (vault.lead(), Who::Lead.name());
    let (first, second) = (Authenticator::new(), Authenticator::new());
    let of_first = lead.enrol(&first);
    let delete = &Method::DELETE;
    let path = format!("/me/passkeys/{of_first}");
    let last = lead.signed(&first, delete, &path, &Value::Null);
    last.assert_problem(409, "last-passkey");
    let body = lead.making(&second, "second key");
    lead.signed(&first, &Method::POST, "/me/passkeys", &body)
        .assert_status(201);
    let other = lead
        .sign_in_with(&first, name)
        .assert_status(201)
        .member("token");
    let other = vault.anonymous().with_token(&other);

    lead.delete(&path).assert_problem(403, "assertion-needed");
    let strange = "/me/passkeys/p_00000000000000000000";
    lead.signed(&second, delete, strange, &Value::Null)
        .assert_problem(404, "not-found");
    // Asked for by the one that is removed, and sent when it is gone.
    let challenge = lead
        .challenge(delete, &path, &Value::Null)
        .assert_status(200)
        .json();
    let by_first = first.sign(&challenge);
    let removed = lead
        .signed(&second, delete, &path, &Value::Null)
        .assert_status(200);
    assert_eq!(removed.json(), json!({ "sessions_ended": 1 }));
    other.get("/me").assert_problem(401, "session-ended");
    let late = lead.with_assertion(delete, &path, &Value::Null, &by_first);
    late.assert_problem(403, "assertion-refused");
    vault
        .anonymous()
        .sign_in_with(&first, name)
        .assert_problem(401, "wrong-credential");
    vault
        .anonymous()
        .sign_in_with(&second, name)
        .assert_status(201);
    assert_eq!(
        lead.get("/me/passkeys").json()["passkeys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn nobody_removes_somebody_elses() {
    let vault = TestVault::new();
    let (lead, other) = (vault.lead(), vault.second_lead());
    let (one, two) = (Authenticator::new(), Authenticator::new());
    let of_lead = lead.enrol(&one);
    other.enrol(&two);
    let path = format!("/me/passkeys/{of_lead}");
    let refused = other.signed(&two, &Method::DELETE, &path, &Value::Null);
    refused.assert_problem(404, "not-found");
    // Whoever has none, neither.
    vault
        .custodian()
        .delete(&path)
        .assert_problem(404, "not-found");
}
