//! A slot of the keyring: one way to unlock the root key.

use serde::{Deserialize, Serialize};

use crate::vault::entropy::{Entropy, draw};
use crate::vault::plaintext::{Aad, Nonces, OVERHEAD, TermSealer};

use super::base64::Base64;
use super::error::KeyringError;
use super::passphrase::Passphrase;
use super::root_keys::ROOT_KEY;
use super::secret::Secret;
use super::status::SlotStatus;
use crate::domain::VaultId;
use crate::vault::argon2id::Argon2Params;

const SALT: usize = 16;
const ROOT: usize = 32;

/// The root, wrapped under a key that can be made from a secret.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Slot {
    Passphrase {
        argon2id: Argon2Params,
        /// The generation at which it was written. It is in the AAD, so that slots of two
        /// generations cannot be mixed unnoticed.
        since: u64,
        salt: Base64,
        wrapped: Base64,
    },
}

impl Slot {
    pub(super) fn wrap(
        place: SlotPosition<'_>,
        root: &Secret<ROOT>,
        passphrase: &Passphrase,
        argon2id: Argon2Params,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let salt = draw::<SALT>(entropy)?;
        let kek = passphrase.kek(argon2id, &salt)?;
        let wrapped = TermSealer::new(ROOT_KEY, kek.bytes()).seal(
            Nonces::new(entropy).take()?,
            &place.aad("passphrase"),
            root.bytes(),
        )?;
        Ok(Self::Passphrase {
            argon2id,
            since: place.since,
            salt: Base64(salt.to_vec()),
            wrapped: Base64(wrapped),
        })
    }

    /// The root, if the passphrase is right and the slot was not altered. The two failures cannot
    /// be told apart.
    pub(super) fn unwrap(
        &self,
        vault: &VaultId,
        no: u32,
        passphrase: &Passphrase,
    ) -> Result<Secret<ROOT>, KeyringError> {
        let Self::Passphrase {
            argon2id,
            since,
            salt,
            wrapped,
        } = self;
        let place = SlotPosition {
            vault,
            since: *since,
            no,
        };
        let kek = passphrase.kek(*argon2id, &salt.0)?;
        let root = TermSealer::new(ROOT_KEY, kek.bytes())
            .open(&place.aad("passphrase"), &wrapped.0)
            .map_err(|_| KeyringError::WrongPassphrase)?;
        Secret::copied(&root).ok_or(KeyringError::Damaged { what: "slot" })
    }

    pub(super) fn has_right_lengths(&self) -> bool {
        let Self::Passphrase { salt, wrapped, .. } = self;
        salt.0.len() == SALT && wrapped.0.len() == ROOT + OVERHEAD
    }

    pub(super) fn argon2id(&self) -> Argon2Params {
        let Self::Passphrase { argon2id, .. } = self;
        *argon2id
    }

    pub(super) fn status(&self) -> SlotStatus {
        let Self::Passphrase {
            argon2id, since, ..
        } = self;
        SlotStatus {
            kind: "passphrase",
            argon2id: *argon2id,
            since: *since,
        }
    }
}

/// The position of a slot.
#[derive(Clone, Copy)]
pub(super) struct SlotPosition<'a> {
    pub(super) vault: &'a VaultId,
    pub(super) since: u64,
    pub(super) no: u32,
}

impl SlotPosition<'_> {
    fn aad(self, kind: &str) -> Aad {
        Aad::keyring_slot(self.vault, self.since, self.no, kind)
    }
}
