//! What a provider sends: what it publishes of itself (OpenID Connect Discovery 1.0), and tokens.

use serde::Deserialize;
use zeroize::ZeroizeOnDrop;

use super::fault::ProviderFault;
use crate::domain::oidc::is_at;

/// What the vault uses of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    /// Whether every answer says whose it is (RFC 9207).
    pub(super) names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Published {
    /// Reads it; it has to name the issuer that was asked, and addresses over TLS.
    pub(super) fn parse(json: &[u8], issuer: &str) -> Result<Self, ProviderFault> {
        let document: Document =
            serde_json::from_slice(json).map_err(|_| ProviderFault::Document)?;
        let places = [
            &document.authorization_endpoint,
            &document.token_endpoint,
            &document.jwks_uri,
        ];
        if document.issuer != issuer || !places.into_iter().all(|place| is_at(place)) {
            return Err(ProviderFault::Document);
        }
        // What is not said is not known to be missing.
        let offers = |named: &Option<Vec<String>>, word: &str| {
            let named = named.as_ref();
            named.is_none_or(|named| named.iter().any(|one| one == word))
        };
        let fit = offers(&document.code_challenge_methods_supported, "S256")
            && offers(
                &document.token_endpoint_auth_methods_supported,
                "client_secret_basic",
            );
        fit.then_some(Self {
            authorization_endpoint: document.authorization_endpoint,
            token_endpoint: document.token_endpoint,
            jwks_uri: document.jwks_uri,
            names_itself: document.authorization_response_iss_parameter_supported,
        })
        .ok_or(ProviderFault::Unfit)
    }
}

/// What was given for a code.
#[derive(Deserialize, ZeroizeOnDrop)]
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: Option<String>,
}

impl Tokens {
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://login.example";

    fn document() -> Value {
        json!({
            "issuer": ISSUER, "authorization_endpoint": "https://login.example/auth",
            "token_endpoint": "https://login.example/token", "jwks_uri": "https://keys.example/jwks",
            "code_challenge_methods_supported": ["plain", "S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "authorization_response_iss_parameter_supported": true, "anything": [1, 2],
        })
    }

    #[test]
    fn a_provider_publishes_what_is_its_own_and_fits() {
        let read = |document: &Value| Published::parse(document.to_string().as_bytes(), ISSUER);
        assert!(read(&document()).unwrap().names_itself);
        let mut least = document();
        for name in [
            "code_challenge_methods_supported",
            "token_endpoint_auth_methods_supported",
            "authorization_response_iss_parameter_supported",
        ] {
            least.as_object_mut().unwrap().remove(name);
        }
        assert!(!read(&least).unwrap().names_itself);
        for (name, value, fault) in [
            (
                "issuer",
                json!("https://other.example"),
                ProviderFault::Document,
            ),
            (
                "issuer",
                json!("https://login.example/"),
                ProviderFault::Document,
            ),
            (
                "token_endpoint",
                json!("http://login.example/token"),
                ProviderFault::Document,
            ),
            (
                "authorization_endpoint",
                json!("javascript:alert(1)"),
                ProviderFault::Document,
            ),
            (
                "jwks_uri",
                json!("file:///etc/passwd"),
                ProviderFault::Document,
            ),
            ("jwks_uri", Value::Null, ProviderFault::Document),
            (
                "code_challenge_methods_supported",
                json!(["plain"]),
                ProviderFault::Unfit,
            ),
            (
                "token_endpoint_auth_methods_supported",
                json!(["none"]),
                ProviderFault::Unfit,
            ),
        ] {
            let mut other = document();
            other[name] = value;
            assert_eq!(read(&other), Err(fault), "{name}");
        }
        assert_eq!(
            Published::parse(b"<html>", ISSUER),
            Err(ProviderFault::Document)
        );
    }

    #[test]
    fn tokens_are_those_that_are_there() {
        let tokens =
            Tokens::parse(br#"{"id_token": "a", "token_type": "Bearer", "x": 1}"#).unwrap();
        assert_eq!(
            (tokens.id_token.as_str(), tokens.access_token.as_deref()),
            ("a", None)
        );
        for text in ["", "{}", r#"{"id_token": 1}"#, r#"{"access_token": "a"}"#] {
            assert!(Tokens::parse(text.as_bytes()).is_none(), "{text}");
        }
    }
}
