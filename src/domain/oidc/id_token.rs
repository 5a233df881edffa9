//! The ID token of OpenID Connect Core 1.0, 2 and 3.1.3.7: what a provider says of whoever just signed in there.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::jws::{Jws, NotSigned};
use super::key_set::KeySet;
use crate::domain::Moment;

/// How far the clocks of vault and provider may differ, in seconds.
const LEEWAY_S: i64 = 60;
/// How long ago a token may have been issued, in seconds. It comes straight from the provider.
const OLDEST_S: i64 = 600;
/// The longest subject, as the standard says.
const SUBJECT_LONGEST: usize = 255;
/// The most groups that a token may name. A longer list is refused, and not read in part: the role of somebody would
/// follow from the order of their groups.
const MOST_GROUPS: usize = 1000;

/// Why a token vouches for nobody. The words are for the log of the server: they hold nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotVouched {
    /// It is no signed JSON.
    #[error("the ID token is malformed")]
    Malformed,
    /// Its algorithm is not RS256 or ES256.
    #[error("the ID token is signed by another algorithm than RS256 or ES256")]
    Algorithm,
    /// The provider publishes no such key, or none that is long enough.
    #[error("the ID token names a key that the provider does not publish")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature of the ID token is wrong")]
    Signature,
    /// Somebody else issued it.
    #[error("the ID token is of another issuer")]
    Issuer,
    /// It is for another program, or for more than this one.
    #[error("the ID token is not for this client alone")]
    Audience,
    /// It has expired, is too old, or is of the future.
    #[error("the ID token is not of this time")]
    Time,
    /// It answers another request.
    #[error("the nonce of the ID token is not the one that was asked with")]
    Nonce,
    /// It does not belong to the access token that came with it.
    #[error("the ID token does not belong to the access token")]
    AccessToken,
    /// It has no subject that can be kept.
    #[error("the ID token has no subject")]
    Subject,
    /// A required claim is absent or has another value.
    #[error("a required claim is absent or has another value")]
    Claim,
    /// It names more groups than are read.
    #[error(
        "the ID token names more than 1000 groups: let the provider send those of the vault alone"
    )]
    Groups,
}

impl From<NotSigned> for NotVouched {
    fn from(why: NotSigned) -> Self {
        match why {
            NotSigned::Malformed => Self::Malformed,
            NotSigned::Algorithm => Self::Algorithm,
            NotSigned::UnknownKey => Self::UnknownKey,
            NotSigned::Signature => Self::Signature,
        }
    }
}

/// What a token must say.
pub struct Expected<'a> {
    /// The provider, as it names itself.
    pub issuer: &'a str,
    /// The vault, as the provider names it.
    pub client: &'a str,
    /// What was sent with the request.
    pub nonce: &'a str,
    /// The time.
    pub now: Moment,
    /// What came with the token.
    pub access_token: Option<&'a str>,
    /// Claims that must be there with these values.
    pub required: &'a BTreeMap<String, String>,
    /// In which claim the groups are.
    pub groups: &'a str,
}

/// A token that was taken apart, and not believed yet.
pub struct IdToken<'a>(Jws<'a>);

/// Somebody for whom the provider vouches. There is no other way to make one than to verify a token.
pub struct Vouched {
    issuer: String,
    subject: String,
    name: Option<String>,
    groups: Vec<String>,
}

impl Vouched {
    /// Who vouches.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The provider's own name of the account, which it never gives to another one.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What the person is called there. It is nobody's identity.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The groups.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }
}

impl<'a> IdToken<'a> {
    /// Takes the text apart.
    pub fn parse(text: &'a str) -> Result<Self, NotVouched> {
        Ok(Self(Jws::parse(text)?))
    }

    /// Whether it is signed with a key that is not in the set: the provider may have a new one. Where no key is named,
    /// none of the set may have signed it.
    pub fn names_unknown_key(&self, keys: &KeySet) -> bool {
        self.0.names_unknown_key(keys)
    }

    /// Whom it vouches for, if everything in it is as it must be.
    pub fn verify(self, keys: &KeySet, expected: &Expected<'_>) -> Result<Vouched, NotVouched> {
        let payload = self.0.verify(keys)?;
        let claims: Map<String, Value> =
            serde_json::from_slice(&payload).map_err(|_| NotVouched::Malformed)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let issuer = text("iss").filter(|issuer| *issuer == expected.issuer);
        let issuer = issuer.ok_or(NotVouched::Issuer)?;
        is_for(&claims, expected.client)?;
        is_of_now(&claims, expected.now)?;
        let nonce = text("nonce").unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(NotVouched::Nonce);
        }
        belongs_to(&claims, expected.access_token)?;
        let subject = text("sub").filter(|subject| (1..=SUBJECT_LONGEST).contains(&subject.len()));
        let subject = subject.ok_or(NotVouched::Subject)?;
        for (name, value) in expected.required {
            if !claims.get(name).is_some_and(|claim| says(claim, value)) {
                return Err(NotVouched::Claim);
            }
        }
        Ok(Vouched {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name: text("preferred_username").map(str::to_owned),
            groups: groups(claims.get(expected.groups))?,
        })
    }
}

/// The audience is this client and nobody else, and so is the authorized party where one is named.
fn is_for(claims: &Map<String, Value>, client: &str) -> Result<(), NotVouched> {
    let audience = match claims.get("aud") {
        Some(Value::Array(all)) => match &all[..] {
            [one] => one.as_str(),
            _ => None,
        },
        Some(one) => one.as_str(),
        None => None,
    };
    let party = claims.get("azp");
    let is_party = party.is_none_or(|party| party.as_str() == Some(client));
    match audience == Some(client) && is_party {
        true => Ok(()),
        false => Err(NotVouched::Audience),
    }
}

fn is_of_now(claims: &Map<String, Value>, now: Moment) -> Result<(), NotVouched> {
    let at = |name: &str| {
        let claim = claims.get(name)?;
        // Some providers write seconds with a fraction.
        let whole = || claim.as_f64().map(|seconds| seconds as i64);
        claim.as_i64().or_else(whole)
    };
    let now = now.seconds();
    let (expires, issued) = (at("exp"), at("iat"));
    let (Some(expires), Some(issued)) = (expires, issued) else {
        return Err(NotVouched::Time);
    };
    let begun = claims.get("nbf").is_none() || at("nbf").is_some_and(|at| at <= now + LEEWAY_S);
    let lives = expires > now - LEEWAY_S;
    let fresh = (now - OLDEST_S..=now + LEEWAY_S).contains(&issued);
    match lives && fresh && begun {
        true => Ok(()),
        false => Err(NotVouched::Time),
    }
}

/// `at_hash` is base64url of the left half of SHA-256 over the access token, where it is given.
fn belongs_to(claims: &Map<String, Value>, access_token: Option<&str>) -> Result<(), NotVouched> {
    let Some(claim) = claims.get("at_hash") else {
        return Ok(());
    };
    let token = access_token.ok_or(NotVouched::AccessToken)?;
    let hash = digest(&SHA256, token.as_bytes());
    let (half, _) = hash.as_ref().split_at(16);
    match claim.as_str() == Some(URL_SAFE_NO_PAD.encode(half).as_str()) {
        true => Ok(()),
        false => Err(NotVouched::AccessToken),
    }
}

/// Whether a claim is this value, or a list that has it.
fn says(claim: &Value, value: &str) -> bool {
    match claim {
        Value::String(text) => text == value,
        Value::Bool(flag) => value == flag.to_string(),
        Value::Array(all) => all.iter().any(|one| one.as_str() == Some(value)),
        Value::Null | Value::Number(_) | Value::Object(_) => false,
    }
}

fn groups(claim: Option<&Value>) -> Result<Vec<String>, NotVouched> {
    let all = match claim {
        Some(Value::Array(all)) => &all[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    if all.len() > MOST_GROUPS {
        return Err(NotVouched::Groups);
    }
    let names = all.iter().filter_map(Value::as_str);
    Ok(names.map(str::to_owned).collect())
}

/// Whether the text is an address over TLS, with nothing that a reader could take for another host.
pub fn is_at(address: &str) -> bool {
    let rest = address.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let plain = address
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\\"<>#".contains(&byte));
    plain && !host.is_empty() && !host.contains('@') && address.len() <= 2048
}

#[cfg(test)]
mod tests {
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    };
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_712_048_400;
    const ISSUER: &str = "https://login.example/tenant";

    /// A provider of these tests: a key pair of P-256.
    struct Provider {
        pair: EcdsaKeyPair,
        keys: KeySet,
    }

    impl Provider {
        fn new() -> Self {
            let rng = ring_random();
            let pkcs8 =
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &rng).unwrap();
            let point = pair.public_key().as_ref();
            let [x, y] = [&point[1..33], &point[33..65]].map(|part| URL_SAFE_NO_PAD.encode(part));
            let key =
                json!({ "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": x, "y": y });
            let set = json!({ "keys": [key] }).to_string();
            let keys = KeySet::parse(set.as_bytes()).unwrap();
            Self { pair, keys }
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let [header, claims] =
                [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let signed = format!("{header}.{claims}");
            let signature = self.pair.sign(&ring_random(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }

        fn token(&self, claims: &Value) -> String {
            self.sign(
                &json!({ "alg": "ES256", "kid": "one", "typ": "JWT" }),
                claims,
            )
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "ring signs with its own source of random bytes only, and a test needs no other"
    )]
    fn ring_random() -> ring::rand::SystemRandom {
        ring::rand::SystemRandom::new()
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "sub": "8f2c", "aud": "vault", "nonce": "n-1", "iat": NOW, "exp": NOW + 300,
            "preferred_username": "ann", "acr": "mfa", "amr": ["pwd", "otp"], "email_verified": true,
            "groups": ["staff", "breach-leads"],
        })
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn judge(provider: &Provider, text: &str, access: Option<&str>) -> Result<Vouched, NotVouched> {
        let required = [("acr", "mfa"), ("amr", "otp"), ("email_verified", "true")];
        let required = required.map(|(name, value)| (name.to_owned(), value.to_owned()));
        IdToken::parse(text)?.verify(
            &provider.keys,
            &Expected {
                issuer: ISSUER,
                client: "vault",
                nonce: "n-1",
                now: Moment::from_seconds(NOW),
                access_token: access,
                required: &BTreeMap::from(required),
                groups: "groups",
            },
        )
    }

    #[test]
    fn a_token_that_is_as_it_must_be_vouches_for_its_subject() {
        let provider = Provider::new();
        let vouched = judge(&provider, &provider.token(&claims()), None)
            .ok()
            .unwrap();
        assert_eq!(vouched.issuer(), ISSUER);
        assert_eq!(vouched.subject(), "8f2c");
        assert_eq!(vouched.name(), Some("ann"));
        assert_eq!(vouched.groups(), ["staff", "breach-leads"]);
        for fine in [
            with("aud", json!(["vault"])),
            with("azp", json!("vault")),
            with("exp", json!(NOW - 59)),
            with("iat", json!(NOW + 60)),
            with("iat", json!(NOW - 600)),
            with("iat", json!(NOW as f64 + 0.5)),
            with("nbf", json!(NOW)),
            with("groups", json!("one")),
            with("groups", json!(vec!["g"; MOST_GROUPS])),
            without("groups"),
            without("preferred_username"),
        ] {
            assert!(
                judge(&provider, &provider.token(&fine), None).is_ok(),
                "{fine}"
            );
        }
    }

    #[test]
    fn a_token_that_says_anything_else_vouches_for_nobody() {
        let provider = Provider::new();
        for (claims, why) in [
            (
                with("iss", json!("https://login.example")),
                NotVouched::Issuer,
            ),
            (with("iss", json!(format!("{ISSUER}/"))), NotVouched::Issuer),
            (without("iss"), NotVouched::Issuer),
            (with("aud", json!("another")), NotVouched::Audience),
            (
                with("aud", json!(["vault", "another"])),
                NotVouched::Audience,
            ),
            (with("aud", json!([])), NotVouched::Audience),
            (with("aud", json!({ "vault": 1 })), NotVouched::Audience),
            (without("aud"), NotVouched::Audience),
            (with("azp", json!("another")), NotVouched::Audience),
            (with("azp", json!(1)), NotVouched::Audience),
            (with("exp", json!(NOW - 60)), NotVouched::Time),
            (with("exp", json!("never")), NotVouched::Time),
            (without("exp"), NotVouched::Time),
            (with("iat", json!(NOW + 61)), NotVouched::Time),
            (with("iat", json!(NOW - 601)), NotVouched::Time),
            (without("iat"), NotVouched::Time),
            (with("nbf", json!(NOW + 61)), NotVouched::Time),
            (with("nbf", json!("soon")), NotVouched::Time),
            (with("nonce", json!("n-2")), NotVouched::Nonce),
            (with("nonce", json!("")), NotVouched::Nonce),
            (without("nonce"), NotVouched::Nonce),
            (with("sub", json!("")), NotVouched::Subject),
            (
                with("groups", json!(vec!["g"; MOST_GROUPS + 1])),
                NotVouched::Groups,
            ),
            (with("sub", json!(7)), NotVouched::Subject),
            (with("sub", json!("x".repeat(256))), NotVouched::Subject),
            (without("sub"), NotVouched::Subject),
            (with("acr", json!("pwd")), NotVouched::Claim),
            (with("acr", json!("mfa ")), NotVouched::Claim),
            (with("amr", json!(["pwd"])), NotVouched::Claim),
            (with("email_verified", json!(false)), NotVouched::Claim),
            (with("email_verified", json!(1)), NotVouched::Claim),
            (without("acr"), NotVouched::Claim),
            (json!([]), NotVouched::Malformed),
        ] {
            let refused = judge(&provider, &provider.token(&claims), None).err();
            assert_eq!(refused, Some(why), "{claims}");
        }
    }

    #[test]
    fn a_token_belongs_to_the_access_token_beside_it() {
        // OpenID Connect Core 1.0, appendix A.3: the access token of `at_hash` 77QmUPtjPfzWtF2AnpK9RQ.
        let access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        let provider = Provider::new();
        let token = provider.token(&with("at_hash", json!("77QmUPtjPfzWtF2AnpK9RQ")));
        assert!(judge(&provider, &token, Some(access)).is_ok());
        for other in [None, Some(""), Some("another")] {
            let refused = judge(&provider, &token, other).err();
            assert_eq!(refused, Some(NotVouched::AccessToken), "{other:?}");
        }
    }

    #[test]
    fn the_header_chooses_neither_a_secret_nor_another_key() {
        let provider = Provider::new();
        let sign = |header: Value| provider.sign(&header, &claims());
        let refused = |text: &str| judge(&provider, text, None).err();
        let none = sign(json!({ "alg": "none", "kid": "one" }));
        assert_eq!(refused(&none), Some(NotVouched::Algorithm));
        let (unsigned, _) = none.rsplit_once('.').unwrap();
        assert_eq!(
            refused(&format!("{unsigned}.")),
            Some(NotVouched::Algorithm)
        );
        // The public key as a shared secret.
        let secret =
            ring::hmac::Key::new(ring::hmac::HMAC_SHA256, provider.pair.public_key().as_ref());
        let parts = [json!({ "alg": "HS256", "kid": "one" }), claims()];
        let parts = parts
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let tag = ring::hmac::sign(&secret, parts.as_bytes());
        let forged = format!("{parts}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(refused(&forged), Some(NotVouched::Algorithm));
        let other = sign(json!({ "alg": "ES256", "kid": "two" }));
        assert_eq!(refused(&other), Some(NotVouched::UnknownKey));
        assert!(
            IdToken::parse(&other)
                .ok()
                .unwrap()
                .names_unknown_key(&provider.keys)
        );
        let as_rsa = sign(json!({ "alg": "RS256", "kid": "one" }));
        assert_eq!(refused(&as_rsa), Some(NotVouched::UnknownKey));
        // A key that came along with the token is not looked at.
        let stranger = Provider::new();
        let point = stranger.pair.public_key().as_ref();
        let jwk = json!({ "kty": "EC", "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]) });
        let own_key = stranger.sign(
            &json!({ "alg": "ES256", "kid": "one", "jwk": jwk }),
            &claims(),
        );
        assert_eq!(refused(&own_key), Some(NotVouched::Signature));
        // Without a name the provider's only key counts.
        assert_eq!(refused(&sign(json!({ "alg": "ES256" }))), None);
        // Nor is a signature of another scheme one.
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let parts = [json!({ "alg": "ES256", "kid": "one" }), claims()];
        let parts = parts
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let signed = URL_SAFE_NO_PAD.encode(pair.sign(parts.as_bytes()));
        assert_eq!(
            refused(&format!("{parts}.{signed}")),
            Some(NotVouched::Signature)
        );
    }

    #[test]
    fn an_address_is_https_and_shows_its_host() {
        for fine in [
            "https://login.example",
            "https://login.example:8443/a/b?c=d",
            "https://[::1]:1/x",
        ] {
            assert!(is_at(fine), "{fine}");
        }
        for wrong in [
            "",
            "http://login.example",
            "https://",
            "https:///a",
            "https://a@b/",
            "https://a b",
            "HTTPS://a",
            "https://a\\b",
            "https://a/#x",
            "https://a/\u{e9}",
            "javascript:alert(1)",
        ] {
            assert!(!is_at(wrong), "{wrong}");
        }
        assert!(!is_at(&format!("https://a/{}", "x".repeat(2048))));
    }
}
