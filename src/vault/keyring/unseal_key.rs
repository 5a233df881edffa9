//! The 256-bit key of a slot that no passphrase opens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::domain::VaultId;
use crate::vault::entropy::{Entropy, EntropyError};

use super::derive::{DeriveError, UnsealUse, from_unseal};
use super::fingerprint::Fingerprint;
use super::secret::Secret;
use super::shamir::BYTES;

/// A random key that wraps the root by way of HKDF. Shares, age and programs carry it.
pub(super) struct UnsealKey(Secret<BYTES>);

impl UnsealKey {
    pub(super) fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Secret::random(entropy).map(Self)
    }

    pub(super) fn new(bytes: Secret<BYTES>) -> Self {
        Self(bytes)
    }

    /// The key as age files and programs carry it: base64 (RFC 4648, padded) on one line.
    pub(super) fn text(&self) -> Zeroizing<Vec<u8>> {
        let mut text = Zeroizing::new(vec![0; BYTES.div_ceil(3) * 4]);
        // It fits: 44 letters for 32 bytes.
        let _written = STANDARD.encode_slice(self.0.bytes(), &mut text);
        text
    }

    /// Reads such a text; blanks and a line break around it do not count.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        // With a few bytes more than it needs, as the decoder asks for.
        let mut room = Zeroizing::new([0; BYTES + 4]);
        let length = STANDARD.decode_slice(text.trim_ascii(), &mut *room).ok()?;
        Secret::copied(room.get(..length)?).map(Self)
    }

    pub(super) fn secret(&self) -> &Secret<BYTES> {
        &self.0
    }

    /// The key that wraps the root.
    pub(super) fn kek(&self, vault: &VaultId) -> Result<Secret<BYTES>, DeriveError> {
        from_unseal(&self.0, vault, UnsealUse::Kek)
    }

    /// Says which key it is, and nothing of it: the key is random, and this is derived from it.
    pub(super) fn commitment(&self, vault: &VaultId) -> Result<Fingerprint, DeriveError> {
        let derived = from_unseal(&self.0, vault, UnsealUse::Commitment)?;
        Ok(Fingerprint::over("unseal key", &[derived.bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn the_text_reads_back_with_blanks_around_it() {
        let key = UnsealKey::random(&SystemEntropy::new()).unwrap();
        let text = key.text();
        assert_eq!(text.len(), 44);
        let padded = [b"\n ", &text[..], b"\r\n"].concat();
        for text in [&text[..], &padded] {
            assert_eq!(UnsealKey::parse(text).unwrap().0.bytes(), key.0.bytes());
        }
        for wrong in [
            &text[..43],
            b"",
            b"!",
            &[&text[..], b"AAAA"].concat(),
            &[b'A'; 4000],
        ] {
            assert!(UnsealKey::parse(wrong).is_none());
        }
    }

    #[test]
    fn another_vault_has_another_commitment_and_another_kek() {
        let key = UnsealKey::new(Secret::copied(&[5; 32]).unwrap());
        let (one, other) = (VaultId::from_random([1; 16]), VaultId::from_random([2; 16]));
        assert_ne!(
            key.commitment(&one).unwrap(),
            key.commitment(&other).unwrap()
        );
        assert_ne!(
            key.kek(&one).unwrap().bytes(),
            key.kek(&other).unwrap().bytes()
        );
        assert_ne!(key.kek(&one).unwrap().bytes(), key.secret().bytes());
    }
}
