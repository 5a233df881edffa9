//! The keys of the vault itself, derived once from those in the keyring's body. The signing keys, which have
//! successors, are not among them.
//!
//! What seals or authenticates is of the vault key, which changes with the root. What only names or finds things is of
//! the lasting key, which stays: tags of operators' names and of tokens. What tokens are is kept by nobody, so their
//! tags could not be made again. The erasure file is sealed under it too, because it has to open beside an older
//! keyring, or an older database would bring back who was erased since.

use crate::vault::plaintext::{BlockSealer, KeyId, TagKey, TermSealer};

use super::derive::{VaultUse, from_vault};
use super::error::KeyringError;
use super::mac_key::MacKey;
use super::vault_ring::VaultRing;
use crate::domain::VaultId;

/// The id in what is sealed under the root, or under what opens it: they have no numbers.
pub(super) const ROOT_KEY: KeyId = KeyId::new(0);

/// The id of the lasting key, in what is sealed under it.
const LASTING: KeyId = KeyId::new(0);

/// Every key that does not belong to a case, but for those that sign.
pub struct RootKeys {
    operator_secrets: TermSealer,
    operator_names: TagKey,
    details: BlockSealer,
    /// Newest first.
    control: Vec<ControlKeys>,
    token_tags: MacKey,
    high_water_mark: TermSealer,
    erasure_file: TermSealer,
}

/// The two keys of control rows. They belong together: what is sealed are sums of elements.
pub(in crate::vault) struct ControlKeys {
    /// Which vault key they are of.
    pub(in crate::vault) id: KeyId,
    /// Makes the elements of control rows.
    pub(in crate::vault) elements: MacKey,
    /// Seals the sums of control rows.
    pub(in crate::vault) seal: BlockSealer,
}

impl RootKeys {
    pub(super) fn derive(vault: &VaultId, ring: &VaultRing) -> Result<Self, KeyringError> {
        let stays = |purpose| from_vault(&ring.lasting, vault, purpose);
        let ((id, newest), older) = ring.keys().split_first().ok_or(KeyringError::NoKey)?;
        let term_sealer = |purpose| -> Result<TermSealer, KeyringError> {
            let mut sealer = TermSealer::new(*id, &*from_vault(newest, vault, purpose)?);
            for (id, key) in older {
                sealer.also_opens(*id, &*from_vault(key, vault, purpose)?);
            }
            Ok(sealer)
        };
        let mut details = BlockSealer::new(*id, &*from_vault(newest, vault, VaultUse::Details)?)?;
        for (id, key) in older {
            details.also_opens(*id, &*from_vault(key, vault, VaultUse::Details)?)?;
        }
        let control = ring.keys().iter().map(|(id, key)| {
            let seal = from_vault(key, vault, VaultUse::ControlSeal)?;
            Ok(ControlKeys {
                id: *id,
                elements: MacKey::new(&*from_vault(key, vault, VaultUse::ControlElements)?),
                seal: BlockSealer::new(*id, &seal)?,
            })
        });
        Ok(Self {
            operator_secrets: term_sealer(VaultUse::OperatorSecrets)?,
            operator_names: TagKey::new(&*stays(VaultUse::OperatorNames)?),
            details,
            control: control.collect::<Result<_, KeyringError>>()?,
            token_tags: MacKey::new(&*stays(VaultUse::TokenTags)?),
            high_water_mark: term_sealer(VaultUse::HighWaterMark)?,
            erasure_file: TermSealer::new(LASTING, &*stays(VaultUse::ErasureFile)?),
        })
    }

    /// The vault key that seals.
    pub fn key_id(&self) -> KeyId {
        self.details.key_id()
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

    /// The keys of control rows that are of this vault key; none if the keyring does not have it.
    pub(in crate::vault) fn control(&self, id: KeyId) -> Option<&ControlKeys> {
        self.control.iter().find(|keys| keys.id == id)
    }

    /// Tags the tokens of sessions and invitations.
    pub(in crate::vault) fn token_tags(&self) -> &MacKey {
        &self.token_tags
    }

    /// Seals the high-water mark of the log.
    pub(in crate::vault) fn high_water_mark(&self) -> &TermSealer {
        &self.high_water_mark
    }

    /// Seals the file of the erasure lists, which are sealed under keys of their cases themselves. Never changes.
    pub(in crate::vault) fn erasure_file(&self) -> &TermSealer {
        &self.erasure_file
    }
}
