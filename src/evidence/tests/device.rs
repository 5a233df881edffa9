//! A decision that a passkey signed, for tests, and ways to make it say something else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::domain::{Assertion, PasskeyPoint};
use crate::evidence::device::{LABEL, Signed};

/// The parts as texts, which tests change.
pub(in crate::evidence) struct Parts {
    pub(in crate::evidence) leaf: String,
    pub(in crate::evidence) assertion: String,
    pub(in crate::evidence) statement: String,
    pub(in crate::evidence) key: String,
    pub(in crate::evidence) enrolment: String,
    pub(in crate::evidence) proof: String,
    pub(in crate::evidence) label: String,
    /// Whether all but the leaf is left out.
    pub(in crate::evidence) without: bool,
}

/// What the authenticator and its browser say.
#[derive(Clone, Copy)]
pub(in crate::evidence) struct Says<'a> {
    pub(in crate::evidence) kind: &'a str,
    pub(in crate::evidence) challenge: Option<[u8; 32]>,
    pub(in crate::evidence) origin: &'a str,
    pub(in crate::evidence) more: &'a str,
    pub(in crate::evidence) relying_party: &'a str,
    pub(in crate::evidence) flags: u8,
    /// Whether the signature is of other data.
    pub(in crate::evidence) spoil: bool,
}

impl Says<'_> {
    pub(in crate::evidence) const TRUTH: Self = Says {
        kind: "webauthn.get",
        challenge: None,
        origin: "https://vault.example:8443",
        more: "",
        relying_party: "vault.example",
        flags: 0x05,
        spoil: false,
    };
}

pub(in crate::evidence) fn parts() -> Parts {
    parts_of(Says::TRUTH)
}

pub(in crate::evidence) fn parts_of(says: Says<'_>) -> Parts {
    let pair = key_pair();
    let statement = concat!(
        r#"{"action":"export.decide","asked":"YXNrZWQ=","case":"c_case","decision":"approve","nonce":"AAAA","#,
        r#""object":"EXP-0003","request":"cmVxdWVzdA==","session":"s_session","v":1}"#,
    );
    let challenge = says.challenge.unwrap_or(sha256(statement.as_bytes()));
    let client_data = format!(
        r#"{{"type":"{}","challenge":"{}","origin":"{}"{}}}"#,
        says.kind,
        URL_SAFE_NO_PAD.encode(challenge),
        says.origin,
        says.more,
    );
    let mut data = sha256(says.relying_party.as_bytes()).to_vec();
    data.push(says.flags);
    data.extend(3_u32.to_be_bytes());
    let mut signed = [&data[..], &sha256(client_data.as_bytes())].concat();
    if says.spoil {
        signed.push(0);
    }
    let signature = pair.sign(&random(), &signed).unwrap();
    let assertion = Assertion {
        nonce: "AAAA".to_owned(),
        credential: vec![9, 8, 7],
        client_data: client_data.into_bytes(),
        authenticator_data: data,
        signature: signature.as_ref().to_vec(),
    };
    let point = PasskeyPoint::parse(pair.public_key().as_ref()).unwrap();
    let leaf = format!(
        concat!(
            r#"{{"action":"export.decide","asker":"o_asker","assertion":"{}","case":"c_case","decision":"approve","#,
            r#""object":"EXP-0003","operator":"o_decider","origin":"vault.example/breachvault","outcome":"done","#,
            r#""seq":41,"session":"s_session","time":"2024-04-02T09:00:00Z","v":1}}"#,
        ),
        assertion.digest(),
    );
    let enrolment = format!(
        concat!(
            r#"{{"action":"passkey.enrol","digest":"{}","object":"p_passkey","operator":"o_decider","#,
            r#""origin":"vault.example/breachvault","outcome":"done","seq":7,"time":"2024-04-01T09:00:00Z","v":1}}"#,
        ),
        point.digest_with(&assertion.credential),
    );
    Parts {
        leaf,
        assertion: assertion.to_text(),
        statement: statement.to_owned(),
        key: crate::evidence::device::pem(&point),
        enrolment,
        proof: "c2sp.org/tlog-proof@v1\nindex 7\n\nvault.example/breachvault\n42\ncm9vdA==\n"
            .to_owned(),
        label: "signed".to_owned(),
        without: false,
    }
}

/// The key of another passkey.
pub(in crate::evidence) fn other_key() -> PasskeyPoint {
    PasskeyPoint::parse(key_pair().public_key().as_ref()).unwrap()
}

impl Parts {
    pub(in crate::evidence) fn signed<T>(&self, with: impl FnOnce(Signed<'_>) -> T) -> T {
        let info = [
            ("Audit-Checkpoint-Root".to_owned(), "cm9vdA==".to_owned()),
            (LABEL.to_owned(), self.label.clone()),
        ];
        let part = |text: &'_ str| -> Option<Vec<u8>> {
            (!self.without).then(|| text.as_bytes().to_vec())
        };
        let parts = [
            &self.assertion,
            &self.statement,
            &self.key,
            &self.enrolment,
            &self.proof,
        ];
        let [assertion, statement, key, enrolment, proof] = parts.map(|text| part(text));
        with(Signed {
            info: &info,
            leaf: Some(self.leaf.as_bytes()),
            assertion: assertion.as_deref(),
            statement: statement.as_deref(),
            key: key.as_deref(),
            enrolment: enrolment.as_deref(),
            proof: proof.as_deref(),
        })
    }
}

fn key_pair() -> EcdsaKeyPair {
    let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(kind, &random()).unwrap();
    EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random()).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a key of its own, outside the vault"
)]
fn random() -> SystemRandom {
    let random = SystemRandom::new();
    random.fill(&mut [0; 1]).unwrap();
    random
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}
