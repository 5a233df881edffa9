//! The keyring's body: the vault's own keys, then those of the cases, sealed under a key of the root.

use zeroize::Zeroizing;

use super::case_ring::CaseRing;
use super::derive::{RootUse, from_root};
use super::error::KeyringError;
use super::root_keys::ROOT_KEY;
use super::secret::Secret;
use super::vault_ring::VaultRing;
use crate::domain::VaultId;
use crate::vault::plaintext::TermSealer;

/// What the body has.
pub(super) struct Body {
    pub(super) own: VaultRing,
    pub(super) cases: CaseRing,
}

impl Body {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        let mut rest = bytes;
        let own = VaultRing::parse(&mut rest)?;
        let cases = CaseRing::parse(rest)?;
        Ok(Self { own, cases })
    }

    pub(super) fn bytes_of(own: &VaultRing, cases: &CaseRing) -> Zeroizing<Vec<u8>> {
        let (own, cases) = (own.to_bytes(), cases.to_bytes());
        let mut bytes = Zeroizing::new(Vec::with_capacity(own.len() + cases.len()));
        bytes.extend_from_slice(&own);
        bytes.extend_from_slice(&cases);
        bytes
    }
}

/// Seals and opens the body.
pub(super) fn body_sealer(vault: &VaultId, root: &Secret<32>) -> Result<TermSealer, KeyringError> {
    let key = from_root(root, vault, RootUse::KeyringBody)?;
    Ok(TermSealer::new(ROOT_KEY, &key))
}
