//! A slot of the keyring: one way to unlock the root key.

use serde::{Deserialize, Serialize};

use crate::vault::argon2id::Argon2Params;
use crate::vault::entropy::Entropy;
use crate::vault::plaintext::{Aad, Nonces, OVERHEAD, TermSealer};

use super::age_slot::{MOST_RECIPIENTS, MOST_SEALED};
use super::base64::Base64;
use super::error::KeyringError;
use super::fingerprint::Fingerprint;
use super::root_keys::ROOT_KEY;
use super::secret::Secret;
use super::share::are_numbers_of_a_set;
use super::status::SlotStatus;
use crate::domain::{Moment, SlotLabel, VaultId};

/// The bytes of a passphrase's salt.
pub(super) const SALT: usize = 16;
const ROOT: usize = 32;
/// The longest recipient; those of post-quantum kinds have 2,000 letters.
const LONGEST_RECIPIENT: usize = 4096;

/// The root, wrapped under a key that can be made from what somebody has or knows.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    /// Given once; a slot keeps it when another one is removed.
    pub(super) no: u32,
    pub(super) label: String,
    /// The generation at which it was written. It is in the AAD, so that slots of two generations cannot be mixed
    /// unnoticed.
    pub(super) since: u64,
    /// When that was, in seconds since 1970.
    pub(super) made: i64,
    pub(super) way: Way,
    wrapped: Base64,
    /// The digest of the change by which it came, so that the change is not carried out twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<String>,
}

/// How the key is made that unwraps the root.
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
}

impl Slot {
    pub(super) fn wrap(
        vault: &VaultId,
        head: &SlotHead,
        way: Way,
        root: &Secret<ROOT>,
        kek: &Secret<32>,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let aad = Aad::keyring_slot(vault, head.since, head.no, way.kind());
        let nonce = Nonces::new(entropy).take()?;
        let wrapped = TermSealer::new(ROOT_KEY, kek.bytes()).seal(nonce, &aad, root.bytes())?;
        Ok(Self {
            no: head.no,
            label: head.label.as_str().to_owned(),
            since: head.since,
            made: head.made.seconds(),
            way,
            wrapped: Base64(wrapped),
            change: None,
        })
    }

    /// The root, if the key is right and the slot was not altered. The two failures cannot be told apart.
    pub(super) fn unwrap(
        &self,
        vault: &VaultId,
        kek: &Secret<32>,
    ) -> Result<Secret<ROOT>, KeyringError> {
        let aad = Aad::keyring_slot(vault, self.since, self.no, self.way.kind());
        let root = TermSealer::new(ROOT_KEY, kek.bytes())
            .open(&aad, &self.wrapped.0)
            .map_err(|_| KeyringError::WrongPassphrase)?;
        Secret::copied(&root).ok_or(KeyringError::Damaged { what: "slot" })
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
            && self.wrapped.0.len() == ROOT + OVERHEAD
            && label.is_ok_and(|label| label.as_str() == self.label)
    }

    /// The fingerprint of a set of shares is on each share; any other is over the whole slot.
    pub(super) fn fingerprint(&self, vault: &VaultId) -> Fingerprint {
        match &self.way {
            Way::Shares { k, n, key, shares } => fingerprint_of_set(vault, *k, *n, *key, shares),
            _ => {
                let slot = serde_json::to_vec(self).unwrap_or_default();
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
