//! A passkey is enrolled.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use ureq::http::Method;

use crate::support::{Authenticator, PASSWORD, Says, TestVault, Who};

#[test]
fn the_first_one_ends_the_other_sessions_and_its_leaf_has_digests_of_it() {
    let vault = TestVault::new();
    let (here, other) = (vault.lead(), vault.new_session(Who::Lead));
    let key = Authenticator::new();
    let body = here.making(&key, "first key");
    let enrolled = here.post("/me/passkeys", &body).assert_status(201);
    assert_eq!(enrolled.json()["sessions_ended"], 1);
    here.get("/me").assert_status(200);
    other.get("/me").assert_problem(401, "session-ended");
    let path = format!("/audit/leaves/{}", enrolled.leaf().unwrap());
    let leaf = vault.auditor().get(&path).assert_status(200).json()["leaf"].clone();
    assert_eq!(leaf["action"], "passkey.enrol", "{leaf}");
    assert_eq!(leaf["object"], enrolled.json()["passkey"]);
    let one = |bytes: &[u8]| digest(&SHA256, bytes).as_ref().to_vec();
    let both = [one(key.credential()), one(key.point())].concat();
    assert_eq!(leaf["digest"], STANDARD.encode(one(&both)));
    // Its own session counts as opened with it.
    let sessions = here.get("/sessions").assert_status(200).json();
    assert_eq!(sessions["sessions"][0]["second_factor"], true, "{sessions}");
}

#[test]
fn it_takes_the_password_a_fresh_challenge_of_this_session_and_a_verified_user() {
    let vault = TestVault::new();
    let (lead, key) = (vault.lead(), Authenticator::new());
    let begin = || {
        lead.post("/me/passkeys/challenge", &json!({}))
            .assert_status(200)
            .json()
    };
    let body = |mut made: Value, password: &str| {
        made["label"] = json!("a key");
        made["password"] = json!(password);
        made
    };
    let wrong = lead.post(
        "/me/passkeys",
        &body(key.make(&begin()), "not the password"),
    );
    wrong.assert_problem(401, "wrong-credential");
    let refused = |made: Value| {
        let answer = lead.post("/me/passkeys", &body(made, PASSWORD));
        answer.assert_problem(403, "assertion-refused");
    };
    let as_if = |says: Says<'_>| key.make_as(&begin(), says);
    refused(as_if(Says {
        flags: 0x01,
        ..Says::TRUTH
    }));
    refused(as_if(Says {
        flags: 0x04,
        ..Says::TRUTH
    }));
    refused(as_if(Says {
        origin: "https://evil.example",
        ..Says::TRUTH
    }));
    refused(as_if(Says {
        origin: "http://localhost:8443",
        ..Says::TRUTH
    }));
    refused(as_if(Says {
        relying_party: "evil.example",
        ..Says::TRUTH
    }));
    // The challenge of somebody else, and of another session of one's own.
    let others = vault
        .second_lead()
        .post("/me/passkeys/challenge", &json!({}));
    refused(key.make(&others.assert_status(200).json()));
    let own = vault
        .new_session(Who::Lead)
        .post("/me/passkeys/challenge", &json!({}));
    refused(key.make(&own.assert_status(200).json()));
    // A point that is not on the curve: under it nothing would ever verify, and its owner were locked out.
    let mut off_curve = key.make(&begin());
    let said = off_curve["authenticator_data"].as_str().unwrap();
    let mut data = URL_SAFE_NO_PAD.decode(said).unwrap();
    *data.last_mut().unwrap() ^= 1;
    off_curve["authenticator_data"] = json!(URL_SAFE_NO_PAD.encode(data));
    refused(off_curve);
    // A nonce of another challenge, and one that is too old.
    let mut mixed = key.make(&begin());
    mixed["nonce"] = begin()["nonce"].clone();
    refused(mixed);
    let late = key.make(&begin());
    vault.clock.advance_seconds(301);
    refused(late);
    let unread = lead.post(
        "/me/passkeys",
        &body(
            json!({
                "nonce": "AAAA", "client_data": "?", "authenticator_data": "?",
            }),
            PASSWORD,
        ),
    );
    unread.assert_problem(422, "invalid");
    assert_eq!(lead.get("/me/passkeys").json(), json!({ "passkeys": [] }));
    // Nothing of that was in the way.
    let made = body(key.make(&begin()), PASSWORD);
    lead.post("/me/passkeys", &made).assert_status(201);
    // The same answer of the authenticator once more.
    let post = &Method::POST;
    let again = lead.signed(&key, post, "/me/passkeys", &made);
    again.assert_problem(403, "assertion-refused");
}

#[test]
fn a_second_one_is_signed_for_with_the_first_and_none_is_enrolled_twice() {
    let vault = TestVault::new();
    let lead = vault.lead();
    let keys: Vec<Authenticator> = (0..9).map(|_| Authenticator::new()).collect();
    lead.enrol(&keys[0]);
    let post = &Method::POST;
    let body = lead.making(&keys[1], "second key");
    let without = lead.post("/me/passkeys", &body);
    without.assert_problem(403, "assertion-needed");
    // Signed by the one that is to be enrolled.
    let own = lead.signed(&keys[1], post, "/me/passkeys", &body);
    own.assert_problem(403, "assertion-refused");
    lead.signed(&keys[0], post, "/me/passkeys", &body)
        .assert_status(201);
    let same = lead.making(&keys[1], "the same");
    let same = lead.signed(&keys[0], post, "/me/passkeys", &same);
    same.assert_problem(409, "passkey-known");
    for key in &keys[2..8] {
        let body = lead.making(key, "one more");
        lead.signed(&keys[1], post, "/me/passkeys", &body)
            .assert_status(201);
    }
    let ninth = lead.making(&keys[8], "one too many");
    let ninth = lead.signed(&keys[0], post, "/me/passkeys", &ninth);
    ninth.assert_problem(409, "too-many-passkeys");
    lead.sign_in_with(&keys[5], Who::Lead.name())
        .assert_status(201);
}
