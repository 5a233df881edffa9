//! A signed text in its compact form (RFC 7515): `BASE64URL(header) . BASE64URL(payload) . BASE64URL(signature)`.
//!
//! The signature is over the first two parts as they came. Two algorithms, each with its own kind of key, so that a
//! header cannot turn one key into another: RS256 (RSASSA-PKCS1-v1_5 with SHA-256) and ES256 (ECDSA on P-256 with
//! SHA-256, RFC 7518, 3.3 and 3.4). `none` and everything with a shared secret are not in the list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;

use super::algorithm::Algorithm;
use super::key_set::{KeySet, PublicKey};

/// The longest that is read, in bytes.
const LONGEST: usize = 32 * 1024;

/// Why a signed text is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotSigned {
    Malformed,
    Algorithm,
    /// No key of the set has its name.
    UnknownKey,
    Signature,
}

/// A text that was taken apart, and not believed yet.
#[derive(Debug)]
pub(super) struct Jws<'a> {
    signed: &'a str,
    algorithm: Algorithm,
    key_id: Option<String>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

impl<'a> Jws<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, NotSigned> {
        if text.len() > LONGEST {
            return Err(NotSigned::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(NotSigned::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(NotSigned::Malformed)?;
        let decode = |part: &str| {
            URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| NotSigned::Malformed)
        };
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| NotSigned::Malformed)?;
        // What must be understood is not.
        if header.crit.is_some() {
            return Err(NotSigned::Malformed);
        }
        Ok(Self {
            signed,
            algorithm: Algorithm::named(&header.alg).ok_or(NotSigned::Algorithm)?,
            key_id: header.kid,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// Whether its key is not in the set: the provider may have a new one. Of a provider that names none, each key is
    /// new that does not verify what it signed.
    pub(super) fn names_unknown_key(&self, keys: &KeySet) -> bool {
        match self.key_id.as_deref() {
            Some(id) => !keys.knows(id),
            None => self.is_signed(keys).is_err(),
        }
    }

    /// The payload, if the key that the header names signed it.
    pub(super) fn verify(self, keys: &KeySet) -> Result<Vec<u8>, NotSigned> {
        self.is_signed(keys)?;
        Ok(self.payload)
    }

    fn is_signed(&self, keys: &KeySet) -> Result<(), NotSigned> {
        let key = keys.find(self.key_id.as_deref(), self.algorithm);
        let verified = match key.ok_or(NotSigned::UnknownKey)? {
            PublicKey::Rsa { n, e } => PublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                self.signed.as_bytes(),
                &self.signature,
            ),
            PublicKey::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(self.signed.as_bytes(), &self.signature),
        };
        verified.map_err(|_| NotSigned::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendices A.2 (RS256), A.3 (ES256), A.1 (HS256) and A.5 (none): a key and a signed text each.
    fn published(name: &str) -> (KeySet, String) {
        let all = include_str!("../../../tests/vectors/oidc/rfc7515-a.json");
        let all: serde_json::Value = serde_json::from_str(all).unwrap();
        let set = serde_json::json!({ "keys": [all[name]["key"]] });
        let keys = KeySet::parse(set.to_string().as_bytes()).unwrap();
        (keys, all[name]["jws"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_signed_texts_of_the_rfc_verify() {
        for name in ["A.2", "A.3"] {
            let (keys, text) = published(name);
            let payload = Jws::parse(&text).unwrap().verify(&keys).unwrap();
            let expected = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
            assert_eq!(String::from_utf8(payload).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn no_text_verifies_that_was_changed_anywhere() {
        for name in ["A.2", "A.3"] {
            let (keys, text) = published(name);
            for at in (0..text.len()).filter(|at| text.as_bytes()[*at] != b'.') {
                let mut changed = text.clone().into_bytes();
                // The first bit of the six, so that it is a bit of the bytes also at the end of a part.
                changed[at] = match changed[at] {
                    b'A'..=b'Z' | b'a'..=b'f' => b'8',
                    _ => b'C',
                };
                let changed = String::from_utf8(changed).unwrap();
                let verified = Jws::parse(&changed).and_then(|jws| jws.verify(&keys));
                assert!(verified.is_err(), "{name} {at}");
            }
        }
    }

    #[test]
    fn each_kind_of_key_is_for_its_own_algorithm() {
        let (rsa, rs256) = published("A.2");
        let (p256, es256) = published("A.3");
        let refused = |text: &str, keys| Jws::parse(text).and_then(|jws| jws.verify(keys)).err();
        assert_eq!(refused(&rs256, &p256), Some(NotSigned::UnknownKey));
        assert_eq!(refused(&es256, &rsa), Some(NotSigned::UnknownKey));
        // A shared secret, and nothing at all.
        for name in ["A.1", "A.5"] {
            let (_, text) = published(name);
            assert_eq!(refused(&text, &rsa), Some(NotSigned::Algorithm), "{name}");
        }
    }

    #[test]
    fn a_key_of_1024_bits_verifies_nothing_though_the_signature_is_right() {
        // Made and checked by OpenSSL.
        let (keys, text) = published("short");
        let refused = Jws::parse(&text).and_then(|jws| jws.verify(&keys)).err();
        assert_eq!(refused, Some(NotSigned::UnknownKey));
    }

    #[test]
    fn what_is_no_signed_text_is_refused() {
        let header = |json: &str| format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(json));
        for text in [
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            "e30.e30".to_owned(),
            "e30.e30.e30.e30".to_owned(),
            header("{}"),
            header("[]"),
            header("{\"alg\": 1}"),
            header("{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}"),
            header("{\"alg\":\"RS256\",\"alg\":\"none\"}"),
            header(&" ".repeat(LONGEST)),
            "eyJhbGciOiJSUzI1NiJ9.e30=.AAAA".to_owned(),
        ] {
            let refused = Jws::parse(&text).err();
            assert_eq!(refused, Some(NotSigned::Malformed), "{}", text.len());
        }
        for name in [
            "none", "None", "NONE", "HS256", "rs256", "RS512", "PS256", "ES384", "EdDSA", "",
        ] {
            let refused = Jws::parse(&header(&format!("{{\"alg\":\"{name}\"}}"))).err();
            assert_eq!(refused, Some(NotSigned::Algorithm), "{name}");
        }
    }
}
