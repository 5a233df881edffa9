//! An operator's password, as it was typed.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::vault::plaintext::RawText;

/// In characters. Longer passwords are not hashed, so that a caller cannot cause work by length.
const LONGEST: usize = 256;
const SHORTEST: usize = 12;

/// A password to check, byte for byte as typed; wiped on drop.
pub struct Password(Zeroizing<String>);

/// A password that may be set: 12 to 256 characters.
pub struct NewPassword(Password);

/// The password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password must have {SHORTEST} to {LONGEST} characters")]
pub struct PasswordError;

impl Password {
    /// A password as typed.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether it is the same text as another one. Both were typed by the same person at the same time.
    pub fn is(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }

    /// The bytes to hash; `None` if the password is too long to have been set.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        (self.0.len() <= LONGEST * 4).then_some(self.0.as_bytes())
    }
}

impl<'de> Deserialize<'de> for Password {
    /// Deserialized like every text that errors must not repeat.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawText::deserialize(deserializer).map(|text| Self::new(text.text().to_owned()))
    }
}

impl NewPassword {
    /// Checks the length of a password in characters.
    pub fn parse(password: Password) -> Result<Self, PasswordError> {
        if (SHORTEST..=LONGEST).contains(&password.0.chars().count()) {
            Ok(Self(password))
        } else {
            Err(PasswordError)
        }
    }

    /// The same password, to check or to hash.
    pub fn as_password(&self) -> &Password {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> Result<NewPassword, PasswordError> {
        NewPassword::parse(Password::new(text.to_owned()))
    }

    #[test]
    fn a_password_to_be_set_has_twelve_to_256_characters() {
        assert!(new(&"é".repeat(12)).is_ok());
        assert!(new(&"😀".repeat(256)).is_ok());
        assert!(new(&"x".repeat(11)).is_err());
        assert!(new(&"x".repeat(257)).is_err());
    }

    #[test]
    fn a_password_that_is_no_text_is_not_quoted() {
        let error = serde_json::from_str::<Password>("31415926").err().unwrap();
        assert!(!error.to_string().contains("31415926"));
    }
}
