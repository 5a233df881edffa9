//! The public keys of a provider (RFC 7517), as far as the vault uses them: RSA from 2048 bits on, and P-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::algorithm::Algorithm;

/// How many keys are looked at.
const MOST_KEYS: usize = 64;
/// Of an RSA key, in bytes: 2048 and 8192 bits, between which ring verifies.
const RSA_SHORTEST: usize = 256;
const RSA_LONGEST: usize = 1024;

/// The keys that a provider signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Key>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) public: PublicKey,
}

/// A key that can verify something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// Modulus and exponent, without zeros before them.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point of P-256, not compressed.
    P256([u8; 65]),
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads the document at `jwks_uri`. Keys of other kinds, for other uses or too short are left out; `None` if it is
    /// no such document.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(json).ok()?;
        let keys = document.keys.into_iter().take(MOST_KEYS);
        let keys = keys.filter_map(|key| Key::of(serde_json::from_value(key).ok()?));
        Some(Self(keys.collect()))
    }

    /// Whether a key has this name.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// The one key of this name for this algorithm. Without a name: the only one for the algorithm.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let fits = |key: &&Key| {
            key.public.algorithm() == algorithm && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        let mut found = self.0.iter().filter(fits);
        let key = found.next()?;
        found.next().is_none().then_some(&key.public)
    }
}

impl PublicKey {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
        }
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.r#use.as_deref().is_some_and(|wanted| wanted != "sig") {
            return None;
        }
        let public = match jwk.kty.as_str() {
            "RSA" => {
                let (n, e) = (integer(jwk.n.as_deref()?)?, integer(jwk.e.as_deref()?)?);
                let fits = (RSA_SHORTEST..=RSA_LONGEST).contains(&n.len())
                    // A modulus of so many bytes may still lack a bit.
                    && (n.len() > RSA_SHORTEST || n.first().is_some_and(|first| *first >= 0x80));
                fits.then_some(PublicKey::Rsa { n, e })?
            }
            "EC" if jwk.crv.as_deref() == Some("P-256") => {
                let (x, y) = (
                    coordinate(jwk.x.as_deref()?)?,
                    coordinate(jwk.y.as_deref()?)?,
                );
                let point = [&[4], &x[..], &y[..]].concat();
                PublicKey::P256(point.try_into().ok()?)
            }
            _ => return None,
        };
        let named = jwk.alg.as_deref();
        let fits = named.is_none_or(|name| name == public.algorithm().name());
        fits.then_some(Self {
            id: jwk.kid,
            public,
        })
    }
}

/// Base64url of an unsigned integer. Some providers write zeros before it.
fn integer(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let rest = bytes.get(zeros..)?.to_vec();
    (!rest.is_empty()).then_some(rest)
}

fn coordinate(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7517, appendix A.1: an EC key and an RSA key of 2048 bits.
    const PUBLISHED: &str = include_str!("../../../tests/vectors/oidc/rfc7517-a1.json");

    #[test]
    fn the_keys_of_the_rfc_are_read() {
        let mut set: serde_json::Value = serde_json::from_str(PUBLISHED).unwrap();
        // Its first key is for encryption.
        let read = KeySet::parse(PUBLISHED.as_bytes()).unwrap();
        assert!(!read.knows("1"));
        assert!(read.find(Some("2011-04-29"), Algorithm::Rs256).is_some());
        assert!(read.find(Some("2011-04-29"), Algorithm::Es256).is_none());
        assert!(read.find(Some("2011-04-28"), Algorithm::Rs256).is_none());
        assert!(read.find(None, Algorithm::Rs256).is_some());
        set["keys"][0]["use"] = "sig".into();
        let read = KeySet::parse(set.to_string().as_bytes()).unwrap();
        assert!(read.find(Some("1"), Algorithm::Es256).is_some());
        assert!(read.find(Some("1"), Algorithm::Rs256).is_none());
        // Two of a kind: without a name nobody knows which.
        let again = set["keys"][0].clone();
        set["keys"].as_array_mut().unwrap().push(again);
        let read = KeySet::parse(set.to_string().as_bytes()).unwrap();
        assert!(read.find(Some("1"), Algorithm::Es256).is_none());
        assert!(read.find(None, Algorithm::Es256).is_none());
    }

    #[test]
    fn a_key_that_is_short_or_of_another_kind_is_left_out() {
        let none = |key: serde_json::Value| {
            let text = serde_json::json!({ "keys": [key] }).to_string();
            assert_eq!(
                KeySet::parse(text.as_bytes()),
                Some(KeySet(Vec::new())),
                "{text}"
            );
        };
        let n = |bytes: usize, first: u8| {
            let mut n = vec![first; 1];
            n.resize(bytes, 1);
            URL_SAFE_NO_PAD.encode(n)
        };
        none(serde_json::json!({ "kty": "RSA", "kid": "a", "e": "AQAB", "n": n(128, 0xff) }));
        none(serde_json::json!({ "kty": "RSA", "kid": "a", "e": "AQAB", "n": n(256, 0x7f) }));
        none(serde_json::json!({ "kty": "RSA", "kid": "a", "e": "AQAB", "n": n(257, 0) }));
        none(serde_json::json!({ "kty": "RSA", "kid": "a", "e": "AQAB", "n": n(1025, 0xff) }));
        none(serde_json::json!({ "kty": "RSA", "kid": "a", "e": "AQAB" }));
        none(serde_json::json!({ "kty": "RSA", "alg": "RS512", "e": "AQAB", "n": n(256, 0xff) }));
        none(serde_json::json!({ "kty": "oct", "kid": "a", "k": "AAAA" }));
        none(serde_json::json!({ "kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA" }));
        none(serde_json::json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA" }));
        none(serde_json::json!("a key"));
        for text in ["", "[]", "{}", "{\"keys\": 1}"] {
            assert_eq!(KeySet::parse(text.as_bytes()), None, "{text}");
        }
    }
}
