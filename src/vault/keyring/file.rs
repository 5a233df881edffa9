//! The keyring's file: one JSON object, with exactly one way to write it.
//!
//! `v`, `vault`, `generation`, `root` and `slots` are in the clear. `body` is sealed under a key derived
//! from the root, and its AAD binds all of them. A file that is not written exactly as we write it
//! is damaged, so that no byte can be changed unnoticed.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::vault::plaintext::{Aad, OVERHEAD};

use super::base64::Base64;
use super::error::KeyringError;
use super::slot::Slot;
use super::status::KeyringStatus;
use crate::domain::{Moment, VaultId};

const VERSION: u64 = 2;
/// Unlocking costs one Argon2id for each slot, so their number is limited.
pub(super) const MOST_SLOTS: usize = 8;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyringFile {
    v: u64,
    pub(super) vault: VaultId,
    pub(super) generation: u64,
    pub(super) root: RootHead,
    pub(super) slots: Vec<Slot>,
    pub(super) body: Base64,
}

/// What the file says of the root.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RootHead {
    /// The generation at which it came in.
    pub(super) since: u64,
    /// When that was, in seconds since 1970.
    pub(super) made: i64,
    /// The digest of the change by which it came, so that the change is not carried out twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<String>,
}

#[derive(Deserialize)]
struct Versioned {
    v: u64,
}

impl KeyringFile {
    pub(super) fn new(
        vault: VaultId,
        generation: u64,
        root: RootHead,
        slots: Vec<Slot>,
        body: Vec<u8>,
    ) -> Self {
        Self {
            v: VERSION,
            vault,
            generation,
            root,
            slots,
            body: Base64(body),
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        let damaged = |what| KeyringError::Damaged { what };
        let Versioned { v } = serde_json::from_slice(bytes).map_err(|_| damaged("document"))?;
        if v != VERSION {
            return Err(KeyringError::UnknownVersion);
        }
        let file: Self = serde_json::from_slice(bytes).map_err(|_| damaged("document"))?;
        if file.to_bytes()? != bytes {
            return Err(damaged("document"));
        }
        if file.slots.is_empty() || file.slots.len() > MOST_SLOTS {
            return Err(damaged("number of slots"));
        }
        if !file.slots.iter().all(Slot::is_well_formed) {
            return Err(damaged("slot"));
        }
        let distinct = (1..).zip(&file.slots).all(|(after, slot)| {
            let others = file.slots.get(after..).unwrap_or_default();
            others.iter().all(|other| other.no != slot.no)
        });
        if !distinct {
            return Err(damaged("slot"));
        }
        if !(1..=file.generation).contains(&file.root.since) {
            return Err(damaged("root"));
        }
        if file.body.0.len() < OVERHEAD {
            return Err(damaged("body"));
        }
        Ok(file)
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, KeyringError> {
        let mut bytes =
            serde_json::to_vec(self).map_err(|_| KeyringError::Damaged { what: "document" })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    pub(super) fn status(&self, cases: Option<usize>, opened_with: Option<u32>) -> KeyringStatus {
        let slots = self.slots.iter();
        KeyringStatus {
            vault: self.vault.clone(),
            generation: self.generation,
            root_since: self.root.since,
            root_made: Moment::from_seconds(self.root.made),
            slots: slots.map(|slot| slot.status(&self.vault)).collect(),
            cases,
            opened_with,
        }
    }
}

/// SHA-256 over what is said of the root, and every slot.
pub(super) fn digest_of_head(root: &RootHead, slots: &[Slot]) -> Result<[u8; 32], KeyringError> {
    let bound = serde_json::to_vec(&(root, slots));
    let bound = bound.map_err(|_| KeyringError::Damaged { what: "slot" })?;
    let digest = digest(&SHA256, &bound);
    digest.as_ref().try_into().map_err(|_| KeyringError::NoKey)
}

/// The AAD of the body: the vault, the generation, what is said of the root, and every slot.
pub(super) fn body_aad(
    vault: &VaultId,
    generation: u64,
    root: &RootHead,
    slots: &[Slot],
) -> Result<Aad, KeyringError> {
    let digest = digest_of_head(root, slots)?;
    Ok(Aad::keyring_body(vault, generation, &digest))
}
