//! The keys of the vault itself, derived once from the root. The signing keys, which have successors, are not
//! among them.

use crate::vault::plaintext::{BlockSealer, KeyId, TagKey, TermSealer};

use super::derive::{RootUse, from_root};
use super::error::KeyringError;
use super::mac_key::MacKey;
use super::secret::Secret;
use crate::domain::VaultId;

/// The root has no versions, so all its keys have this id.
pub(super) const ROOT_KEY: KeyId = KeyId::new(0);

/// Every key that does not belong to a case, but for those that sign.
pub struct RootKeys {
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
        Ok(Self {
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
