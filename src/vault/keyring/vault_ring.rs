//! The keys of the vault itself, as they are in the keyring's body.
//!
//! Plaintext: `lasting key (32) || keys (2, BE)`, then for each key, newest first, `key id (4, BE) || key (32)`, then
//! `signing keys (2, BE)`, then for each, oldest first, `number (4, BE) || key (32)`. The vault has one key, and two
//! while what the one before sealed is being sealed again, because the root got a successor. A signing key is that of
//! all numbers from its own on, up to the next one's.

use zeroize::Zeroizing;

use crate::vault::entropy::Entropy;
use crate::vault::plaintext::KeyId;

use super::case_ring::chunk;
use super::error::KeyringError;
use super::secret::Secret;

const KEY: usize = 32;
const DAMAGED: KeyringError = KeyringError::Damaged { what: "body" };

/// The vault's own keys.
pub(super) struct VaultRing {
    /// Stays as long as the vault.
    pub(super) lasting: Secret<KEY>,
    /// Newest first.
    keys: Vec<(KeyId, Secret<KEY>)>,
    /// Oldest first.
    signing: Vec<(u32, Secret<KEY>)>,
}

impl VaultRing {
    pub(super) fn new(entropy: &dyn Entropy) -> Result<Self, KeyringError> {
        Ok(Self {
            lasting: Secret::random(entropy)?,
            keys: vec![(KeyId::of_vault(1), Secret::random(entropy)?)],
            signing: vec![(0, Secret::random(entropy)?)],
        })
    }

    /// Newest first.
    pub(super) fn keys(&self) -> &[(KeyId, Secret<KEY>)] {
        &self.keys
    }

    /// What the signing keys of a number are derived from.
    pub(super) fn signing(&self, number: u32) -> Option<&Secret<KEY>> {
        let mut newest_first = self.signing.iter().rev();
        newest_first
            .find(|(from, _)| *from <= number)
            .map(|(_, key)| key)
    }

    /// The same keys, with a new newest one, and new signing keys from this number on. Signing keys of that number or
    /// of a later one were never in force, and go.
    pub(super) fn with_new(&self, from: u32, entropy: &dyn Entropy) -> Result<Self, KeyringError> {
        let newest = self.keys.first().map_or(0, |(id, _)| id.number());
        let number = newest.checked_add(1).ok_or(KeyringError::NoKey)?;
        let mut next = self.copied()?;
        next.keys
            .insert(0, (KeyId::new(number), Secret::random(entropy)?));
        next.signing.retain(|(number, _)| *number < from);
        next.signing.push((from, Secret::random(entropy)?));
        Ok(next)
    }

    /// The same keys without those that are not the newest.
    pub(super) fn newest_only(&self) -> Result<Self, KeyringError> {
        let mut next = self.copied()?;
        next.keys.truncate(1);
        Ok(next)
    }

    fn copied(&self) -> Result<Self, KeyringError> {
        Self::parse(&mut self.to_bytes().as_slice())
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Allocated at its full size, because a growing buffer would leave copies behind.
        let size = KEY + 4 + (self.keys.len() + self.signing.len()) * (4 + KEY);
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(self.lasting.bytes());
        bytes.extend_from_slice(&(self.keys.len() as u16).to_be_bytes());
        for (id, key) in &self.keys {
            bytes.extend_from_slice(&id.number().to_be_bytes());
            bytes.extend_from_slice(key.bytes());
        }
        bytes.extend_from_slice(&(self.signing.len() as u16).to_be_bytes());
        for (number, key) in &self.signing {
            bytes.extend_from_slice(&number.to_be_bytes());
            bytes.extend_from_slice(key.bytes());
        }
        bytes
    }

    /// Reads it from the beginning of `rest`, and leaves what follows.
    pub(super) fn parse(rest: &mut &[u8]) -> Result<Self, KeyringError> {
        let lasting = secret(rest)?;
        let mut keys = Vec::new();
        for _ in 0..u16::from_be_bytes(chunk(rest)?) {
            let id = KeyId::new(u32::from_be_bytes(chunk(rest)?));
            keys.push((id, secret(rest)?));
        }
        let mut signing = Vec::new();
        for _ in 0..u16::from_be_bytes(chunk(rest)?) {
            let number = u32::from_be_bytes(chunk(rest)?);
            signing.push((number, secret(rest)?));
        }
        let falls = keys.is_sorted_by(|(one, _), (next, _)| one > next);
        let grows = signing.is_sorted_by(|(one, _), (next, _)| one < next);
        let of_vault = keys.iter().all(|(id, _)| id.is_of_vault());
        let begun = signing.first().is_some_and(|(number, _)| *number == 0);
        match falls && grows && of_vault && begun && !keys.is_empty() {
            true => Ok(Self {
                lasting,
                keys,
                signing,
            }),
            false => Err(DAMAGED),
        }
    }
}

fn secret(rest: &mut &[u8]) -> Result<Secret<KEY>, KeyringError> {
    let (key, after) = rest.split_at_checked(KEY).ok_or(DAMAGED)?;
    *rest = after;
    Secret::copied(key).ok_or(DAMAGED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::entropy::SystemEntropy;

    #[test]
    fn it_reads_back_and_nothing_shorter_does() {
        let entropy = SystemEntropy::new();
        let ring = VaultRing::new(&entropy).unwrap();
        let ring = ring.with_new(3, &entropy).unwrap();
        let bytes = ring.to_bytes();
        assert_eq!(bytes.len(), bytes.capacity());
        let longer = [&bytes[..], b"more"].concat();
        let mut rest = &longer[..];
        assert_eq!(*VaultRing::parse(&mut rest).unwrap().to_bytes(), *bytes);
        assert_eq!(rest, b"more");
        for length in 0..bytes.len() {
            assert!(VaultRing::parse(&mut &bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn signing_keys_of_a_number_stay_and_those_that_were_never_in_force_go() {
        let entropy = SystemEntropy::new();
        let first = VaultRing::new(&entropy).unwrap();
        let second = first.with_new(2, &entropy).unwrap();
        let third = second.with_new(2, &entropy).unwrap();
        let of = |ring: &VaultRing, number| *ring.signing(number).unwrap().bytes();
        assert_eq!(of(&first, 1), of(&third, 1));
        assert_eq!(of(&first, 9), of(&second, 1));
        assert_ne!(of(&first, 2), of(&second, 2));
        assert_ne!(of(&second, 2), of(&third, 2));
        assert_eq!(of(&third, 2), of(&third, 7));
        let ids: Vec<KeyId> = third.keys().iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [3, 2, 1].map(KeyId::of_vault));
        let newest = third.newest_only().unwrap();
        assert_eq!(newest.keys().len(), 1);
        assert_eq!(newest.keys()[0].1.bytes(), third.keys()[0].1.bytes());
        assert_eq!(newest.lasting.bytes(), first.lasting.bytes());
    }
}
