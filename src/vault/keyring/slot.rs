//! A slot of the keyring: one way to unlock the root key.
//!
//! A slot has a key pair of its own (`slot_key.rs`). What its holder has opens the private part, and that opens the
//! root. So the root can get a successor while no holder is there: it is sealed to the public part.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::vault::argon2id::Argon2Params;
use crate::vault::entropy::Entropy;
use crate::vault::plaintext::{Aad, Nonces, OVERHEAD, TermSealer};

use super::age_slot::{MOST_RECIPIENTS, MOST_SEALED};
use super::base64::Base64;
use super::derive::{RootUse, from_root};
use super::error::KeyringError;
use super::fingerprint::Fingerprint;
use super::root_keys::ROOT_KEY;
use super::secret::Secret;
use super::share::are_numbers_of_a_set;
use super::slot_key::{HELD, MOST_SEALED_ROOT, SlotKey, open_root, own_key, recipient, seal_root};
use super::status::SlotStatus;
use crate::domain::{Moment, SlotLabel, VaultId};

/// The bytes of a passphrase's salt.
pub(super) const SALT: usize = 16;
const ROOT: usize = 32;
/// The longest recipient; those of post-quantum kinds have 2,000 letters.
const LONGEST_RECIPIENT: usize = 4096;

/// The root, for whoever has or knows something.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    /// Given once; a slot keeps it when another one is removed.
    pub(super) no: u32,
    pub(super) label: String,
    /// The generation at which it was made. It is in the AAD, so that slots of two generations cannot be mixed
    /// unnoticed.
    pub(super) since: u64,
    /// When that was, in seconds since 1970.
    pub(super) made: i64,
    pub(super) way: Way,
    /// The digest of the change by which it came, so that the change is not carried out twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<String>,
    /// The public part of its key pair: an age recipient.
    recipient: String,
    /// The slot's own key and the private part of the pair, wrapped under the holder's key.
    held: Base64,
    /// The root, sealed to the pair.
    root: Base64,
    /// The slot's own key once more, sealed under the root with all of the above in its AAD: it says that whoever made
    /// the slot had the root.
    seal: Base64,
}

/// All of a slot but the vault's seal over it.
#[derive(Serialize)]
struct Sealed<'s> {
    no: u32,
    label: &'s str,
    since: u64,
    made: i64,
    way: &'s Way,
    change: &'s Option<String>,
    recipient: &'s str,
    held: &'s Base64,
    root: &'s Base64,
}

/// How the key is made that unwraps the private part.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Way {
    /// Argon2id of a passphrase.
    Passphrase {
        argon2id: Argon2Params,
        salt: Base64,
    },
    /// An unseal key, of which `k` of `n` shares make it.
    Shares {
        k: u8,
        n: u8,
        /// The commitment to the unseal key.
        key: Fingerprint,
        /// Of each share, by number from 1: so that one that was made up is named.
        shares: Vec<Fingerprint>,
    },
    /// An unseal key, encrypted to age recipients.
    Age {
        recipients: Vec<String>,
        sealed: Base64,
    },
    /// An unseal key, wrapped by a program that is configured.
    Command { sealed: Base64 },
}

impl Way {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Passphrase { .. } => "passphrase",
            Self::Shares { .. } => "shares",
            Self::Age { .. } => "age",
            Self::Command { .. } => "command",
        }
    }
}

/// What a slot says of itself.
#[derive(Clone)]
pub(super) struct SlotHead {
    pub(super) no: u32,
    pub(super) label: SlotLabel,
    pub(super) since: u64,
    pub(super) made: Moment,
    pub(super) change: Option<String>,
}

/// A root, and the generation at which it came in.
#[derive(Clone, Copy)]
pub(super) struct RootSince<'r> {
    pub(super) root: &'r Secret<ROOT>,
    pub(super) since: u64,
}

impl Slot {
    /// A slot with a new key pair.
    pub(super) fn make(
        vault: &VaultId,
        head: &SlotHead,
        way: Way,
        root: RootSince<'_>,
        kek: &Secret<32>,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let pair = SlotKey::random(entropy)?;
        let aad = Aad::keyring_slot(vault, head.since, head.no, way.kind());
        let nonce = Nonces::new(entropy).take()?;
        let held = TermSealer::new(ROOT_KEY, kek.bytes()).seal(nonce, &aad, pair.held())?;
        let mut slot = Self {
            no: head.no,
            label: head.label.as_str().to_owned(),
            since: head.since,
            made: head.made.seconds(),
            way,
            change: head.change.clone(),
            recipient: pair.recipient.to_string(),
            held: Base64(held),
            root: Base64(Vec::new()),
            seal: Base64(Vec::new()),
        };
        slot.take_root(vault, &pair.own, root, entropy)?;
        Ok(slot)
    }

    /// The same slot with another root in it, which its holder opens as the one before. Fails if the slot was not made
    /// by whoever had the root of before.
    pub(super) fn with_root(
        &self,
        vault: &VaultId,
        before: &Secret<ROOT>,
        next: RootSince<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let own = self.sealed_key(vault, before)?;
        let mut slot = self.clone();
        slot.take_root(vault, &own, next, entropy)?;
        Ok(slot)
    }

    fn take_root(
        &mut self,
        vault: &VaultId,
        own: &Secret<32>,
        next: RootSince<'_>,
        entropy: &dyn Entropy,
    ) -> Result<(), KeyringError> {
        let to = recipient(&self.recipient).ok_or(KeyringError::ForeignSlot(self.no))?;
        let place = Aad::keyring_root(vault, next.since, self.no);
        self.root = Base64(seal_root(next.root, &place, own, &to, entropy)?);
        let nonce = Nonces::new(entropy).take()?;
        let sealed = seals(vault, next.root)?.seal(nonce, &self.aad(vault)?, own.bytes())?;
        self.seal = Base64(sealed);
        Ok(())
    }

    /// The slot's own key, if the vault's seal over the slot is whole.
    pub(super) fn sealed_key(
        &self,
        vault: &VaultId,
        root: &Secret<ROOT>,
    ) -> Result<Secret<32>, KeyringError> {
        let foreign = KeyringError::ForeignSlot(self.no);
        let opened = seals(vault, root)?
            .open(&self.aad(vault)?, &self.seal.0)
            .map_err(|_| foreign)?;
        Secret::copied(&opened).ok_or(foreign)
    }

    fn aad(&self, vault: &VaultId) -> Result<Aad, KeyringError> {
        let sealed = Sealed {
            no: self.no,
            label: &self.label,
            since: self.since,
            made: self.made,
            way: &self.way,
            change: &self.change,
            recipient: &self.recipient,
            held: &self.held,
            root: &self.root,
        };
        let bytes =
            serde_json::to_vec(&sealed).map_err(|_| KeyringError::Damaged { what: "slot" })?;
        let digest = digest(&SHA256, &bytes);
        let digest = digest.as_ref().try_into();
        let digest = digest.map_err(|_| KeyringError::NoKey)?;
        Ok(Aad::keyring_slot_seal(vault, self.no, digest))
    }

    /// The root that came in at this generation, if the key is right and the slot was not altered. The two failures
    /// cannot be told apart, until the private part is open.
    pub(super) fn unwrap(
        &self,
        vault: &VaultId,
        kek: &Secret<32>,
        root_since: u64,
    ) -> Result<Secret<ROOT>, KeyringError> {
        let aad = Aad::keyring_slot(vault, self.since, self.no, self.way.kind());
        let held = TermSealer::new(ROOT_KEY, kek.bytes())
            .open(&aad, &self.held.0)
            .map_err(|_| KeyringError::WrongPassphrase)?;
        let place = Aad::keyring_root(vault, root_since, self.no);
        let foreign = KeyringError::ForeignSlot(self.no);
        let root = open_root(&self.root.0, &place, &held).ok_or(foreign)?;
        // The holder's copy of the slot's own key and the vault's are the same, or the next root would not open.
        let (holders, vaults) = (own_key(&held), self.sealed_key(vault, &root)?);
        let same = holders.is_some_and(|own| bool::from(own.bytes().ct_eq(vaults.bytes())));
        same.then_some(root).ok_or(foreign)
    }

    /// What the holder's key opens, and the sealed root, for tests.
    #[cfg(test)]
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        (&self.held.0, &self.root.0)
    }

    /// Whether it is of a form that this program writes; it is not authenticated yet.
    pub(super) fn is_well_formed(&self) -> bool {
        let way = match &self.way {
            Way::Passphrase { salt, .. } => salt.0.len() == SALT,
            Way::Shares { k, n, shares, .. } => {
                are_numbers_of_a_set(*k, *n) && shares.len() == usize::from(*n)
            }
            Way::Age { recipients, sealed } => {
                (1..=MOST_RECIPIENTS).contains(&recipients.len())
                    && recipients.iter().all(|one| is_age_recipient(one))
                    && (1..=MOST_SEALED).contains(&sealed.0.len())
            }
            Way::Command { sealed } => (1..=MOST_SEALED).contains(&sealed.0.len()),
        };
        let label = SlotLabel::parse(&self.label);
        let change = self.change.as_ref().is_none_or(|change| change.len() <= 64);
        way && change
            && recipient(&self.recipient).is_some()
            && self.held.0.len() == HELD + OVERHEAD
            && (1..=MOST_SEALED_ROOT).contains(&self.root.0.len())
            && self.seal.0.len() == 32 + OVERHEAD
            && label.is_ok_and(|label| label.as_str() == self.label)
    }

    /// The fingerprint of a set of shares is on each share; any other is over all that stays when the root gets a
    /// successor.
    pub(super) fn fingerprint(&self, vault: &VaultId) -> Fingerprint {
        match &self.way {
            Way::Shares { k, n, key, shares } => fingerprint_of_set(vault, *k, *n, *key, shares),
            _ => {
                let nothing = Base64(Vec::new());
                let mut slot = self.clone();
                (slot.root, slot.seal) = (nothing.clone(), nothing);
                let slot = serde_json::to_vec(&slot).unwrap_or_default();
                Fingerprint::over("slot", &[vault.as_str().as_bytes(), &slot])
            }
        }
    }

    pub(super) fn status(&self, vault: &VaultId) -> SlotStatus {
        let mut status = SlotStatus {
            no: self.no,
            kind: self.way.kind(),
            label: self.label.clone(),
            since: self.since,
            made: Moment::from_seconds(self.made),
            fingerprint: self.fingerprint(vault),
            argon2id: None,
            shares: None,
            recipients: Vec::new(),
        };
        match &self.way {
            Way::Passphrase { argon2id, .. } => status.argon2id = Some(*argon2id),
            Way::Shares { k, n, .. } => status.shares = Some((*k, *n)),
            Way::Age { recipients, .. } => status.recipients.clone_from(recipients),
            Way::Command { .. } => {}
        }
        status
    }
}

/// Seals and opens the vault's seals over slots.
fn seals(vault: &VaultId, root: &Secret<ROOT>) -> Result<TermSealer, KeyringError> {
    let key = from_root(root, vault, RootUse::SlotSeals)?;
    Ok(TermSealer::new(ROOT_KEY, &key))
}

/// The fingerprint of a set of shares, as each of its shares carries it.
pub(super) fn fingerprint_of_set(
    vault: &VaultId,
    k: u8,
    n: u8,
    key: Fingerprint,
    shares: &[Fingerprint],
) -> Fingerprint {
    let shares: Vec<u8> = shares.iter().flat_map(|share| *share.bytes()).collect();
    let parts = [vault.as_str().as_bytes(), &[k, n], key.bytes(), &shares];
    Fingerprint::over("set of shares", &parts)
}

/// Whether the text has the form of an age recipient, of whatever kind: `age1` and letters that no shell, terminal or
/// option would read as anything else.
pub fn is_age_recipient(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= LONGEST_RECIPIENT
        && text
            .strip_prefix("age1")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
}
