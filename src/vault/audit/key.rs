//! Names and public keys of the signers of notes (c2sp.org/signed-note).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair};

use crate::domain::hex;

/// The name of a signing key. For a log's key it is the log's origin. Not empty, no white space, no
/// control character, no `+`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyName(String);

/// A public key, its name, and the 4-byte key id computed from both. Auditors get its text form,
/// `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: [u8; 4],
    public: [u8; ED25519_PUBLIC_KEY_LEN],
}

/// Why a key or its name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A key's name must not be empty or hold white space, control characters or '+'.
    #[error("a key's name must not be empty or hold white space, control characters or '+'")]
    Name,
    /// Not a verifier key: it must read name+id+key.
    #[error("not a verifier key: it must read name+id+key")]
    VerifierKey,
    /// A verifier key of a type other than Ed25519 (01).
    #[error("a verifier key of a type other than Ed25519 (01)")]
    KeyType,
    /// The id in the verifier key does not fit its name and key.
    #[error("the id in the verifier key does not fit its name and key")]
    KeyId,
}

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a new log of the same vault that goes on from the leaves of this one.
    pub fn renewed(&self, random: [u8; 8]) -> Result<Self, KeyError> {
        let (vault, _) = vault_and_restore(&self.0);
        format!("{vault}/r{}", hex::encode(&random)).parse()
    }

    /// Whether the other is the name of an earlier log of the same vault, from whose leaves this one goes on.
    pub fn continues(&self, earlier: &str) -> bool {
        continues(&self.0, earlier)
    }

    /// Whether both are names of logs of one vault.
    pub fn is_of_vault_of(&self, other: &str) -> bool {
        vault_and_restore(&self.0).0 == vault_and_restore(other).0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let spoilt = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.contains(spoilt) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a log of this name goes on from the leaves of one with the other name; see [`KeyName::continues`].
pub(super) fn continues(name: &str, earlier: &str) -> bool {
    let ((vault, restored), (other, _)) = (vault_and_restore(name), vault_and_restore(earlier));
    restored && name != earlier && vault == other
}

/// The name of the vault's first log, and whether it is followed by the part that a restore adds.
fn vault_and_restore(name: &str) -> (&str, bool) {
    let is_restore = |part: &str| {
        let digits = part.strip_prefix('r').unwrap_or_default();
        digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match name.rsplit_once('/') {
        Some((vault, part)) if is_restore(part) => (vault, true),
        _ => (name, false),
    }
}

impl VerifierKey {
    /// Computes the id: the first four bytes of SHA-256(name || 0x0A || type || key).
    pub fn new(name: KeyName, public: [u8; ED25519_PUBLIC_KEY_LEN]) -> Self {
        let named = [name.0.as_bytes(), b"\n", &[TYPE_ED25519], public.as_slice()].concat();
        let mut id = [0; 4];
        id.copy_from_slice(&digest(&SHA256, &named).as_ref()[..4]);
        Self { name, id, public }
    }

    /// The verifier key of a signing key.
    pub fn of(name: KeyName, key: &Ed25519KeyPair) -> Result<Self, KeyError> {
        Ok(Self::new(name, public_key(key)?))
    }

    /// The name of the key.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key id.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The public key (Ed25519, RFC 8032).
    pub fn public(&self) -> &[u8; ED25519_PUBLIC_KEY_LEN] {
        &self.public
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The base64 of the key may contain '+', a name never does.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::VerifierKey);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::VerifierKey)?;
        let (kind, public) = key.split_first().ok_or(KeyError::VerifierKey)?;
        if *kind != TYPE_ED25519 {
            return Err(KeyError::KeyType);
        }
        let public = public.try_into().map_err(|_| KeyError::VerifierKey)?;
        let key = Self::new(name.parse()?, public);
        if id == spell_id(key.id) {
            Ok(key)
        } else {
            Err(KeyError::KeyId)
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[TYPE_ED25519].as_slice(), self.public.as_slice()].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            spell_id(self.id),
            STANDARD.encode(key)
        )
    }
}

fn public_key(key: &Ed25519KeyPair) -> Result<[u8; ED25519_PUBLIC_KEY_LEN], KeyError> {
    let public = key.public_key().as_ref().try_into();
    public.map_err(|_| KeyError::VerifierKey)
}

fn spell_id(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// The signature type of Ed25519.
const TYPE_ED25519: u8 = 0x01;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_no_space_plus_or_control_character() {
        for text in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{7}b"] {
            assert_eq!(text.parse::<KeyName>(), Err(KeyError::Name), "{text:?}");
        }
    }

    #[test]
    fn a_restored_log_continues_the_earlier_ones_of_its_vault_and_the_first_continues_none() {
        let first: KeyName = "breachvault/a1".parse().unwrap();
        let second = first.renewed([7; 8]).unwrap();
        let third = second.renewed([8; 8]).unwrap();
        assert_eq!(third.as_str(), "breachvault/a1/r0808080808080808");
        for (name, earlier, continues) in [
            (&second, "breachvault/a1", true),
            (&third, "breachvault/a1", true),
            (&third, second.as_str(), true),
            (&third, third.as_str(), false),
            (&first, second.as_str(), false),
            (&first, "breachvault/a1", false),
            (&second, "breachvault/a2", false),
            (&second, "breachvault/a1/b", false),
            (&second, "breachvault", false),
        ] {
            assert_eq!(name.continues(earlier), continues, "{name} {earlier}");
        }
        assert!(third.is_of_vault_of("breachvault/a1") && !third.is_of_vault_of("breachvault/a2"));
    }

    proptest! {
        #[test]
        fn a_verifier_key_reads_back(text in "[a-z./-]{1,40}", public: [u8; 32]) {
            let key = VerifierKey::new(text.parse().unwrap(), public);
            prop_assert_eq!(key.to_string().parse::<VerifierKey>(), Ok(key));
        }

        #[test]
        fn any_text_is_read_as_it_would_be_written_or_refused(text in "[a-z+ ]{0,9}[+][0-9a-f]{0,9}[+].{0,50}") {
            if let Ok(key) = text.parse::<VerifierKey>() {
                prop_assert_eq!(key.to_string(), text);
            }
        }
    }
}
