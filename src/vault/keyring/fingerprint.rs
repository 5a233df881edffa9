//! Short names of things that people compare: a vault, a set of shares, a slot.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::domain::{VaultId, hex};

/// The first eight bytes of SHA-256 over a label and parts, shown as `0123-4567-89ab-cdef`. It tells nothing of what it
/// names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 8]);

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 16 digits of 0-9 and a-f, such as 0123-4567-89ab-cdef")]
pub struct FingerprintError;

impl Fingerprint {
    /// The fingerprint of a vault.
    pub fn of_vault(vault: &VaultId) -> Self {
        Self::over("vault", &[vault.as_str().as_bytes()])
    }

    /// Each part is behind its length, so that no two lists of parts are the same bytes.
    pub(super) fn over(label: &str, parts: &[&[u8]]) -> Self {
        let mut digest = Context::new(&SHA256);
        digest.update(b"breachvault fingerprint 1\0");
        for part in [label.as_bytes()].iter().chain(parts) {
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let mut bytes = [0; 8];
        for (out, byte) in bytes.iter_mut().zip(digest.finish().as_ref()) {
            *out = *byte;
        }
        Self(bytes)
    }

    pub(super) fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (no, pair) in self.0.chunks(2).enumerate() {
            if no > 0 {
                f.write_str("-")?;
            }
            f.write_str(&hex::encode(pair))?;
        }
        Ok(())
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Hyphens, blanks and the case of letters do not count.
    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let mut bytes = [0; 8];
        let mut digits = text
            .chars()
            .filter(|one| !matches!(one, '-' | ' ' | ':'))
            .map(|one| one.to_digit(16));
        for byte in &mut bytes {
            let mut digit = || digits.next().flatten().ok_or(FingerprintError);
            *byte = (digit()? * 16 + digit()?) as u8;
        }
        match digits.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(FingerprintError),
        }
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = FingerprintError;

    fn try_from(text: String) -> Result<Self, FingerprintError> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_however_it_was_typed() {
        let vault = VaultId::from_random([1; 16]);
        let own = Fingerprint::of_vault(&vault);
        let text = own.to_string();
        assert_eq!(text.len(), 19);
        for typed in [
            text.clone(),
            text.to_uppercase(),
            text.replace('-', ""),
            text.replace('-', " "),
        ] {
            assert_eq!(typed.parse(), Ok(own), "{typed}");
        }
        for wrong in [
            "",
            "0123-4567-89ab-cde",
            "0123-4567-89ab-cdef0",
            "g123-4567-89ab-cdef",
        ] {
            assert_eq!(
                wrong.parse::<Fingerprint>(),
                Err(FingerprintError),
                "{wrong}"
            );
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let over = |parts: &[&[u8]]| Fingerprint::over("x", parts);
        assert_ne!(over(&[b"ab", b"c"]), over(&[b"a", b"bc"]));
        assert_ne!(over(&[b"ab"]), over(&[b"ab", b""]));
    }
}
