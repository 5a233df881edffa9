//! Session and enrolment tokens: shown once, stored as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::vault::entropy::{Entropy, EntropyError};

const LENGTH: usize = 32;

/// The text is not a token. The error does not contain the text, so it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct TokenError;

macro_rules! tokens {
    ($($(#[$doc:meta])* $token:ident $hash:ident $label:literal;)*) => {$(
        $(#[$doc])*
        ///  32 random bytes, wiped on drop; as text, base64url without padding.
        pub struct $token(Zeroizing<[u8; LENGTH]>);

        /// The stored form of a token: SHA-256 over its kind and bytes. A token has 256 random
        /// bits, so a slow hash would add nothing.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $hash([u8; 32]);

        impl $token {
            /// Draws a random token.
            pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
                let mut bytes = Zeroizing::new([0; LENGTH]);
                entropy.fill(&mut bytes[..])?;
                Ok(Self(bytes))
            }

            /// Parses the text of a token.
            pub fn parse(text: &str) -> Result<Self, TokenError> {
                let mut bytes = Zeroizing::new([0; LENGTH]);
                match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes[..]) {
                    Ok(LENGTH) => Ok(Self(bytes)),
                    Ok(_) | Err(_) => Err(TokenError),
                }
            }

            /// The text, for its holder only.
            pub fn expose_once(&self) -> Zeroizing<String> {
                Zeroizing::new(URL_SAFE_NO_PAD.encode(&self.0[..]))
            }

            /// The hash to store.
            pub fn hash(&self) -> $hash {
                let mut context = Context::new(&SHA256);
                context.update($label);
                context.update(&self.0[..]);
                let mut hash = [0; 32];
                for (out, byte) in hash.iter_mut().zip(context.finish().as_ref()) {
                    *out = *byte;
                }
                $hash(hash)
            }
        }

        impl $hash {
            /// The hash with these bytes, as stored.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes to store.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }
    )*};
}

tokens! {
    /// What a signed-in operator sends with every request.
    SessionToken SessionTokenHash b"breachvault session token 1\0";
    /// With this a new operator sets a password, once.
    EnrolmentToken EnrolmentTokenHash b"breachvault enrolment token 1\0";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn a_token_reads_back_to_the_same_hash() {
        let token = SessionToken::draw(&SystemEntropy::new()).unwrap();
        let text = token.expose_once();
        assert_eq!(text.len(), 43);
        let back = SessionToken::parse(&text).ok().unwrap();
        assert!(back.hash() == token.hash());
        assert!(SessionTokenHash::from_bytes(*token.hash().as_bytes()) == token.hash());
    }

    #[test]
    fn the_two_kinds_have_different_hashes() {
        let text = "A".repeat(43);
        let session = SessionToken::parse(&text).ok().unwrap().hash();
        let enrolment = EnrolmentToken::parse(&text).ok().unwrap().hash();
        assert_ne!(session.as_bytes(), enrolment.as_bytes());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in [
            "",
            "A",
            &"A".repeat(42),
            &"A".repeat(44),
            &"A".repeat(400),
            &"+".repeat(43),
        ] {
            assert_eq!(SessionToken::parse(text).err(), Some(TokenError), "{text}");
        }
    }
}
