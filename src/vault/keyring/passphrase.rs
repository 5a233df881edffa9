//! The passphrase that opens the keyring, and the key derived from it.

use zeroize::Zeroizing;

use super::secret::Secret;
use crate::vault::argon2id::{Argon2Error, Argon2Params};

const SHORTEST: usize = 12;

/// A passphrase, byte for byte as typed; wiped on drop. The same letters in another Unicode form
/// are another passphrase.
pub struct Passphrase(Zeroizing<String>);

/// A passphrase that is long enough to be set.
pub struct NewPassphrase(Passphrase);

/// The passphrase cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a passphrase must have at least {SHORTEST} characters")]
pub struct PassphraseError;

impl Passphrase {
    /// A passphrase to open with; any text is accepted.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The key that wraps the root.
    pub(super) fn kek(&self, params: Argon2Params, salt: &[u8]) -> Result<Secret<32>, Argon2Error> {
        Secret::filled(|kek: &mut [u8; 32]| params.derive(self.0.as_bytes(), salt, kek))
    }
}

impl NewPassphrase {
    /// Checks the length of a passphrase.
    pub fn parse(text: String) -> Result<Self, PassphraseError> {
        let passphrase = Passphrase::new(text);
        if passphrase.0.chars().count() < SHORTEST {
            return Err(PassphraseError);
        }
        Ok(Self(passphrase))
    }

    /// The same passphrase, to unlock with.
    pub fn as_passphrase(&self) -> &Passphrase {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_to_be_set_has_twelve_characters() {
        assert!(NewPassphrase::parse("éééééééééééé".to_owned()).is_ok());
        assert!(NewPassphrase::parse("éééééééééé".to_owned()).is_err());
    }
}
