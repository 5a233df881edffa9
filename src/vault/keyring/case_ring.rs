//! The case keys, as they are in the keyring's body.
//!
//! Plaintext: `cases (4, BE)`, then for each case, in the order of their ids,
//! `length (1) || id || keys (2, BE)`, then for each key, newest first,
//! `key id (4, BE) || key (32)`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::domain::{CaseId, VaultId};
use crate::vault::plaintext::KeyId;

use super::case_keys::CaseKeys;
use super::error::KeyringError;
use super::secret::Secret;

const KEY: usize = 32;
const DAMAGED: KeyringError = KeyringError::Damaged { what: "body" };

/// Case keys by case, newest first.
pub(super) struct CaseRing(BTreeMap<CaseId, Vec<CaseKey>>);

/// One key of a case, and the keys derived from it.
pub(super) struct CaseKey {
    id: KeyId,
    key: Secret<KEY>,
    derived: OnceLock<Arc<CaseKeys>>,
}

impl CaseKey {
    pub(super) fn new(id: KeyId, key: Secret<KEY>) -> Self {
        Self {
            id,
            key,
            derived: OnceLock::new(),
        }
    }

    fn derived(
        &self,
        vault: &VaultId,
        case: &CaseId,
        oldest: &Self,
    ) -> Result<Arc<CaseKeys>, KeyringError> {
        if let Some(keys) = self.derived.get() {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(CaseKeys::derive(
            vault,
            case,
            self.id,
            &self.key,
            (oldest.id, &oldest.key),
        )?);
        Ok(Arc::clone(self.derived.get_or_init(|| keys)))
    }
}

impl CaseRing {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn has(&self, case: &CaseId) -> bool {
        self.0.contains_key(case)
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = &CaseId> {
        self.0.keys()
    }

    pub(super) fn put(&mut self, case: CaseId, keys: Vec<CaseKey>) {
        self.0.insert(case, keys);
    }

    pub(super) fn take(&mut self, case: &CaseId) -> Option<Vec<CaseKey>> {
        self.0.remove(case)
    }

    /// The newest keys of a case. Those of its erasure list are of its oldest key, which therefore stays as long as the
    /// case.
    pub(super) fn keys(
        &self,
        vault: &VaultId,
        case: &CaseId,
    ) -> Result<Arc<CaseKeys>, KeyringError> {
        let keys = self.0.get(case).map(Vec::as_slice).unwrap_or_default();
        match (keys.first(), keys.last()) {
            (Some(newest), Some(oldest)) => newest.derived(vault, case, oldest),
            _ => Err(KeyringError::UnknownCase),
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Allocated at its full size, because a growing buffer would leave copies behind.
        let size = self.0.iter().fold(4, |size, (case, keys)| {
            size + 1 + case.as_str().len() + 2 + keys.len() * (4 + KEY)
        });
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(&(self.0.len() as u32).to_be_bytes());
        for (case, keys) in &self.0 {
            bytes.push(case.as_str().len() as u8);
            bytes.extend_from_slice(case.as_str().as_bytes());
            bytes.extend_from_slice(&(keys.len() as u16).to_be_bytes());
            for key in keys {
                bytes.extend_from_slice(&key.id.number().to_be_bytes());
                bytes.extend_from_slice(key.key.bytes());
            }
        }
        bytes
    }

    /// Says which cases and keys there are, by their ids; tells nothing of a key.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Context::new(&SHA256);
        for (case, keys) in &self.0 {
            digest.update(case.as_str().as_bytes());
            for key in keys {
                digest.update(&key.id.number().to_be_bytes());
            }
            // No id holds it.
            digest.update(b"\n");
        }
        let mut out = [0; 32];
        out.copy_from_slice(digest.finish().as_ref());
        out
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        let mut rest = bytes;
        let mut ring = Self::new();
        for _ in 0..u32::from_be_bytes(chunk(&mut rest)?) {
            let [length] = chunk(&mut rest)?;
            let (id, after) = rest.split_at_checked(length.into()).ok_or(DAMAGED)?;
            rest = after;
            let case = std::str::from_utf8(id)
                .ok()
                .and_then(|id| id.parse().ok())
                .ok_or(DAMAGED)?;
            let mut keys = Vec::new();
            for _ in 0..u16::from_be_bytes(chunk(&mut rest)?) {
                let id = KeyId::new(u32::from_be_bytes(chunk(&mut rest)?));
                let (key, after) = rest.split_at_checked(KEY).ok_or(DAMAGED)?;
                rest = after;
                keys.push(CaseKey::new(id, Secret::copied(key).ok_or(DAMAGED)?));
            }
            ring.put(case, keys);
        }
        if rest.is_empty() {
            Ok(ring)
        } else {
            Err(DAMAGED)
        }
    }
}

fn chunk<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], KeyringError> {
    let (chunk, after) = rest.split_first_chunk().ok_or(DAMAGED)?;
    *rest = after;
    Ok(*chunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring() -> CaseRing {
        let mut ring = CaseRing::new();
        for no in 1..=3 {
            let key = |id| CaseKey::new(KeyId::new(id), Secret::copied(&[no; 32]).unwrap());
            ring.put(CaseId::from_random([no; 13]), vec![key(2), key(1)]);
        }
        ring
    }

    #[test]
    fn the_body_reads_back() {
        let bytes = ring().to_bytes();
        let back = CaseRing::parse(&bytes).unwrap();
        assert_eq!(back.len(), 3);
        assert_eq!(*back.to_bytes(), *bytes);
        assert_eq!(bytes.len(), bytes.capacity());
    }

    #[test]
    fn a_cut_or_lengthened_body_is_damaged() {
        let bytes = ring().to_bytes();
        for length in 0..bytes.len() {
            assert!(CaseRing::parse(&bytes[..length]).is_err(), "{length}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(CaseRing::parse(&longer).is_err());
    }

    #[test]
    fn derived_keys_are_made_once_and_newest_first() {
        let ring = ring();
        let (vault, case) = (VaultId::from_random([1; 16]), CaseId::from_random([1; 13]));
        let newest = ring.keys(&vault, &case).unwrap();
        assert_eq!(newest.key_id(), KeyId::new(2));
    }
}
