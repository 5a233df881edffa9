//! An authenticator in software: one ES256 key, and what a browser says around it.

use std::cell::Cell;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use ureq::http::Method;

use super::{Answer, Client, PASSWORD};

/// Where its browser is.
pub const ORIGIN: &str = "https://localhost:8443";
/// Somebody is there, and was verified.
pub const VERIFIED: u8 = 0x05;

pub struct Authenticator {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    credential: Vec<u8>,
    counter: Cell<u32>,
}

/// What an authenticator and its browser say, for tests that make them say something else.
#[derive(Clone, Copy)]
pub struct Says<'a> {
    pub origin: &'a str,
    pub relying_party: &'a str,
    pub flags: u8,
    /// Where it counts.
    pub counter: Option<u32>,
}

impl Says<'_> {
    pub const TRUTH: Self = Says {
        origin: ORIGIN,
        relying_party: "localhost",
        flags: VERIFIED,
        counter: None,
    };
}

impl Authenticator {
    #[expect(
        clippy::disallowed_methods,
        reason = "a key of its own, outside the vault"
    )]
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).unwrap();
        let mut credential = vec![0; 32];
        random.fill(&mut credential).unwrap();
        Self {
            pair,
            random,
            credential,
            counter: Cell::new(0),
        }
    }

    /// The public key: a point, not compressed.
    pub fn point(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub fn credential(&self) -> &[u8] {
        &self.credential
    }

    /// The members of an enrolment that it makes, for what `POST /me/passkeys/challenge` answered.
    pub fn make(&self, begun: &Value) -> Value {
        self.make_as(begun, Says::TRUTH)
    }

    pub fn make_as(&self, begun: &Value, says: Says<'_>) -> Value {
        let mut data = self.head(says, says.flags | 0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        let (x, y) = self.point()[1..].split_at(32);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        let client_data = client_data("webauthn.create", begun, says);
        json!({
            "nonce": begun["nonce"],
            "client_data": URL_SAFE_NO_PAD.encode(client_data),
            "authenticator_data": URL_SAFE_NO_PAD.encode(data),
        })
    }

    /// The assertion for a challenge.
    pub fn sign(&self, challenge: &Value) -> String {
        self.counter.set(self.counter.get() + 1);
        self.sign_as(challenge, Says::TRUTH)
    }

    pub fn sign_as(&self, challenge: &Value, says: Says<'_>) -> String {
        let data = self.head(says, says.flags);
        let client_data = client_data("webauthn.get", challenge, says);
        let mut signed = data.clone();
        signed.extend_from_slice(digest(&SHA256, &client_data).as_ref());
        let signature = self.pair.sign(&self.random, &signed).unwrap();
        let parts = [
            &self.credential[..],
            &client_data,
            &data,
            signature.as_ref(),
        ];
        let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
        format!(
            "{}.{}",
            challenge["nonce"].as_str().unwrap(),
            parts.join(".")
        )
    }

    fn head(&self, says: Says<'_>, flags: u8) -> Vec<u8> {
        let mut bytes = digest(&SHA256, says.relying_party.as_bytes())
            .as_ref()
            .to_vec();
        bytes.push(flags);
        let counter = says.counter.unwrap_or(self.counter.get());
        bytes.extend(counter.to_be_bytes());
        bytes
    }
}

fn client_data(kind: &str, challenge: &Value, says: Says<'_>) -> Vec<u8> {
    let data = json!({
        "type": kind, "challenge": challenge["challenge"], "origin": says.origin, "crossOrigin": false,
    });
    data.to_string().into_bytes()
}

impl Client {
    /// The body that enrols a passkey which this authenticator makes now.
    pub fn making(&self, key: &Authenticator, label: &str) -> Value {
        let begun = self
            .post("/me/passkeys/challenge", &json!({}))
            .assert_status(200);
        let mut body = key.make(&begun.json());
        body["label"] = json!(label);
        body["password"] = json!(PASSWORD);
        body
    }

    /// Enrols the first passkey of somebody; answers its id.
    pub fn enrol(&self, key: &Authenticator) -> String {
        let body = self.making(key, "first key");
        self.post("/me/passkeys", &body)
            .assert_status(201)
            .member("passkey")
    }

    /// What is to be signed for a request.
    pub fn challenge(&self, method: &Method, path: &str, json: &Value) -> Answer {
        self.with_assertion(method, path, json, "ask")
    }

    /// Sends a request with an assertion.
    pub fn with_assertion(
        &self,
        method: &Method,
        path: &str,
        json: &Value,
        assertion: &str,
    ) -> Answer {
        let mut headers = vec![("passkey-assertion", assertion)];
        let body = match json {
            Value::Null => Vec::new(),
            json => {
                headers.push(("content-type", "application/json"));
                json.to_string().into_bytes()
            }
        };
        self.send(method.clone(), &format!("/api/v1{path}"), &headers, &body)
    }

    /// Asks what is to be signed, signs it, and sends the request with that.
    pub fn signed(&self, key: &Authenticator, method: &Method, path: &str, json: &Value) -> Answer {
        let challenge = self.challenge(method, path, json).assert_status(200);
        let assertion = key.sign(&challenge.json());
        self.with_assertion(method, path, json, &assertion)
    }

    /// The sign-in of somebody who has this passkey.
    pub fn sign_in_with(&self, key: &Authenticator, name: &str) -> Answer {
        let challenge = self.get("/sessions/challenge").assert_status(200).json();
        let body = json!({ "name": name, "password": PASSWORD, "passkey": key.sign(&challenge) });
        self.post("/sessions", &body)
    }
}
