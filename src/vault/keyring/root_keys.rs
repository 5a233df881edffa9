//! The keys of the vault itself, derived once from the root.

use std::sync::Arc;

use ring::signature::Ed25519KeyPair;

use crate::vault::plaintext::{BlockSealer, KeyId, TagKey, TermSealer};

use super::derive::{RootUse, from_root};
use super::error::KeyringError;
use super::mac_key::MacKey;
use super::package_signer::PackageSigner;
use super::secret::Secret;
use crate::domain::VaultId;

/// The root has no versions, so all its keys have this id.
pub(super) const ROOT_KEY: KeyId = KeyId::new(0);

/// Every key that does not belong to a case.
pub struct RootKeys {
    audit_signing: Ed25519KeyPair,
    evidence_signing: Arc<Ed25519KeyPair>,
    operator_secrets: TermSealer,
    operator_names: TagKey,
    details: BlockSealer,
    body: TermSealer,
    control_elements: MacKey,
    control_seal: BlockSealer,
    token_tags: MacKey,
    high_water_mark: TermSealer,
    erasure_file: TermSealer,
}

impl RootKeys {
    pub(super) fn derive(vault: &VaultId, root: &Secret<32>) -> Result<Self, KeyringError> {
        let derived = |purpose| from_root(root, vault, purpose);
        let pair = |purpose| -> Result<Ed25519KeyPair, KeyringError> {
            let seed = derived(purpose)?;
            Ed25519KeyPair::from_seed_unchecked(&seed[..]).map_err(|_| KeyringError::NoKey)
        };
        Ok(Self {
            audit_signing: pair(RootUse::AuditSigning)?,
            evidence_signing: Arc::new(pair(RootUse::EvidenceSigning)?),
            operator_secrets: TermSealer::new(ROOT_KEY, &*derived(RootUse::OperatorSecrets)?),
            operator_names: TagKey::new(&*derived(RootUse::OperatorNames)?),
            details: BlockSealer::new(ROOT_KEY, &*derived(RootUse::Details)?)?,
            body: TermSealer::new(ROOT_KEY, &*derived(RootUse::KeyringBody)?),
            control_elements: MacKey::new(&*derived(RootUse::ControlElements)?),
            control_seal: BlockSealer::new(ROOT_KEY, &*derived(RootUse::ControlSeal)?)?,
            token_tags: MacKey::new(&*derived(RootUse::TokenTags)?),
            high_water_mark: TermSealer::new(ROOT_KEY, &*derived(RootUse::HighWaterMark)?),
            erasure_file: TermSealer::new(ROOT_KEY, &*derived(RootUse::ErasureFile)?),
        })
    }

    /// Signs checkpoints (Ed25519, RFC 8032).
    pub fn audit_signing(&self) -> &Ed25519KeyPair {
        &self.audit_signing
    }

    /// Signs evidence packages.
    pub fn package_signer(&self) -> PackageSigner {
        PackageSigner::new(Arc::clone(&self.evidence_signing))
    }

    /// Seals operators' second factors.
    pub fn operator_secrets(&self) -> &TermSealer {
        &self.operator_secrets
    }

    /// Tags operators' names.
    pub fn operator_names(&self) -> &TagKey {
        &self.operator_names
    }

    /// Seals the details of audit leaves that are of no case, and what is left of a destroyed one.
    pub fn details(&self) -> &BlockSealer {
        &self.details
    }

    /// Makes the elements of control rows.
    pub(in crate::vault) fn control_elements(&self) -> &MacKey {
        &self.control_elements
    }

    /// Seals the sums of control rows.
    pub(in crate::vault) fn control_seal(&self) -> &BlockSealer {
        &self.control_seal
    }

    /// Tags the tokens of sessions and invitations.
    pub(in crate::vault) fn token_tags(&self) -> &MacKey {
        &self.token_tags
    }

    /// Seals the high-water mark of the log.
    pub(in crate::vault) fn high_water_mark(&self) -> &TermSealer {
        &self.high_water_mark
    }

    /// Seals the file of the erasure lists, which are sealed under keys of their cases themselves.
    pub(in crate::vault) fn erasure_file(&self) -> &TermSealer {
        &self.erasure_file
    }

    /// Seals the keyring's body.
    pub(super) fn body(&self) -> &TermSealer {
        &self.body
    }
}
