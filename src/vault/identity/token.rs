//! Tokens of sessions and enrolments, and recovery codes: shown once, stored as a keyed tag.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::vault::entropy::{Entropy, EntropyError};
use crate::vault::keyring::MacKey;

const LENGTH: usize = 32;

/// The text is not a token. The error does not contain the text, so it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct TokenError;

macro_rules! tokens {
    ($($(#[$doc:meta])* $token:ident $tag:ident $label:literal;)*) => {$(
        $(#[$doc])*
        ///  32 random bytes, wiped on drop; as text, base64url without padding.
        pub struct $token {
            bytes: Zeroizing<[u8; LENGTH]>,
            /// What goes before the bytes under the tag: of another kind, it is another token.
            kind: &'static [u8],
        }

        /// The stored form of a token: HMAC-SHA-256 over its kind and bytes, under a key of the
        /// keyring, so that nobody without that key can write one of a token they know.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $tag([u8; 32]);

        impl $token {
            /// Draws a random token.
            pub fn draw(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
                let mut bytes = Zeroizing::new([0; LENGTH]);
                entropy.fill(&mut bytes[..])?;
                Ok(Self::of(bytes))
            }

            fn of(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
                Self { bytes, kind: $label }
            }

            /// Parses the text of a token.
            pub fn parse(text: &str) -> Result<Self, TokenError> {
                let mut bytes = Zeroizing::new([0; LENGTH]);
                match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes[..]) {
                    Ok(LENGTH) => Ok(Self::of(bytes)),
                    Ok(_) | Err(_) => Err(TokenError),
                }
            }

            /// The text, for its holder only.
            pub fn expose_once(&self) -> Zeroizing<String> {
                Zeroizing::new(URL_SAFE_NO_PAD.encode(&self.bytes[..]))
            }

            /// The tag to store.
            pub(in crate::vault) fn tag(&self, key: &MacKey) -> $tag {
                $tag(key.mac(self.kind, &self.bytes[..]))
            }
        }

        impl $tag {
            /// The bytes to store.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }
    )*};
}

tokens! {
    /// What a signed-in operator sends with every request.
    SessionToken SessionTag b"breachvault session token 1\0";
    /// With this a new operator sets a password, once.
    EnrolmentToken EnrolmentTag b"breachvault enrolment token 1\0";
    /// With this somebody who lost their passkeys begins to recover the account, once.
    RecoveryCode RecoveryTag b"breachvault recovery code 1\0";
}

/// The kind of what a script sends.
const SCRIPT: &[u8] = b"breachvault script token 1\0";

/// The kind of a machine's key: in the place of random bytes its SHA-256, which is no secret. Only a TLS handshake
/// makes one; nothing that is sent reads as it.
const MACHINE: &[u8] = b"breachvault machine key 1\0";

/// The kind of a session token that pages take, and the API does not.
const CONSOLE: &[u8] = b"breachvault console token 1\0";

impl SessionToken {
    /// The same bytes as the token of a session of the console. A browser writes its cookies to its disk; whoever finds
    /// one there cannot use it with the API, which takes a session by another tag.
    pub fn of_console(self) -> Self {
        Self {
            kind: CONSOLE,
            ..self
        }
    }

    /// The same bytes as the token of a script, which is told from a session's by its tag and is spelt otherwise.
    pub(in crate::vault) fn of_script(self) -> Self {
        Self {
            kind: SCRIPT,
            ..self
        }
    }

    /// The token of a script that has these bytes.
    pub(super) fn script_of(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        Self {
            bytes,
            kind: SCRIPT,
        }
    }

    /// What stands for a machine, of the SHA-256 of its key.
    pub(super) fn of_machine(key: [u8; LENGTH]) -> Self {
        Self {
            bytes: Zeroizing::new(key),
            kind: MACHINE,
        }
    }

    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }

    /// What a form of this session has to have, so that nobody else can make one. Whoever has it does not get the
    /// token by it.
    pub fn form_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(MacKey::new(&self.bytes).mac(b"breachvault form 1\0", b""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn a_token_reads_back_to_the_same_tag() {
        let token = SessionToken::draw(&SystemEntropy::new()).unwrap();
        let text = token.expose_once();
        assert_eq!(text.len(), 43);
        let back = SessionToken::parse(&text).ok().unwrap();
        let (key, other) = (MacKey::new(&[1; 32]), MacKey::new(&[2; 32]));
        assert!(back.tag(&key) == token.tag(&key));
        assert!(back.tag(&key) != token.tag(&other));
    }

    #[test]
    fn a_form_token_is_one_sessions_and_not_its_token() {
        let entropy = SystemEntropy::new();
        let (one, other) = (
            SessionToken::draw(&entropy).unwrap(),
            SessionToken::draw(&entropy).unwrap(),
        );
        assert_eq!(one.form_token(), one.form_token());
        assert_ne!(one.form_token(), other.form_token());
        assert_ne!(one.form_token(), *one.expose_once());
    }

    #[test]
    fn the_kinds_have_different_tags() {
        let text = "A".repeat(43);
        let key = MacKey::new(&[1; 32]);
        let session = SessionToken::parse(&text).ok().unwrap().tag(&key);
        let console = SessionToken::parse(&text).ok().unwrap().of_console();
        assert_ne!(session.as_bytes(), console.tag(&key).as_bytes());
        let script = SessionToken::parse(&text).ok().unwrap().of_script();
        assert_ne!(session.as_bytes(), script.tag(&key).as_bytes());
        assert_ne!(console.tag(&key).as_bytes(), script.tag(&key).as_bytes());
        let machine =
            SessionToken::of_machine(*SessionToken::parse(&text).ok().unwrap().bytes()).tag(&key);
        assert_ne!(session.as_bytes(), machine.as_bytes());
        assert_ne!(console.tag(&key).as_bytes(), machine.as_bytes());
        assert_ne!(script.tag(&key).as_bytes(), machine.as_bytes());
        let enrolment = EnrolmentToken::parse(&text).ok().unwrap().tag(&key);
        assert_ne!(session.as_bytes(), enrolment.as_bytes());
        let recovery = RecoveryCode::parse(&text).ok().unwrap().tag(&key);
        assert_ne!(session.as_bytes(), recovery.as_bytes());
        assert_ne!(enrolment.as_bytes(), recovery.as_bytes());
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
