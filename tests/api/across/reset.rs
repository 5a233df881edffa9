//! Two people reset somebody who has a passkey and nothing else.

use breachvault::vault::{OperationError, Refusal};
use serde_json::json;

use crate::support::{Authenticator, PASSWORD, TestVault, Who, code};

#[test]
fn after_a_reset_the_password_alone_opens_nothing_and_an_old_passkey_takes_the_reset_back() {
    let vault = TestVault::new();
    let (lead, key, name) = (vault.lead(), Authenticator::new(), Who::Lead.name());
    lead.enrol(&key);
    let owner = vault.operator(Who::Lead);
    let others = [Who::SecondLead, Who::Administrator];
    let refused = |answer: crate::support::Answer| {
        answer.assert_problem(401, "wrong-credential");
    };
    let by_password = || vault.sign_in(name, PASSWORD);
    let by_passkey = |key: &Authenticator| vault.anonymous().sign_in_with(key, name);
    let set_up = || {
        let body = json!({ "name": name, "password": PASSWORD });
        vault.anonymous().post("/second-factors", &body)
    };
    // So that nobody has to wait for the tries of before.
    let waits = || vault.clock.advance_seconds(300);
    // One person alone opens and replaces nothing.
    vault.reset(others[0], &owner).unwrap();
    refused(by_password());
    refused(set_up());
    lead.get("/me").assert_status(200);

    waits();
    vault.reset(others[1], &owner).unwrap();
    assert_eq!(lead.get("/me").status, 401);
    refused(by_password());
    refused(by_passkey(&Authenticator::new()));
    by_passkey(&key).assert_status(201);
    // It was not lost: nobody replaces it now.
    refused(by_password());
    refused(set_up());

    waits();
    for by in others {
        vault.reset(by, &owner).unwrap();
    }
    // There is nothing more to reset.
    match vault.reset(others[0], &owner) {
        Err(Refusal::Failed(OperationError::Invalid { .. }, _)) => {}
        other => panic!("{other:?}"),
    }
    refused(by_password());
    let secret = set_up().assert_status(201).member("totp_secret");
    // It has taken their place.
    refused(by_passkey(&key));
    refused(by_password());
    let shown = code(&secret, vault.seconds());
    let body = json!({ "name": name, "password": PASSWORD, "totp": shown });
    let back = vault.anonymous().post("/sessions", &body);
    let back = vault
        .anonymous()
        .with_token(&back.assert_status(201).member("token"));
    refused(set_up());
    let list = back.get("/me/passkeys").assert_status(200).json();
    assert_eq!(list["passkeys"], json!([]));
}
