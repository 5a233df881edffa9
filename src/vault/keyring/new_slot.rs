//! Makes a slot, and proves that it opens before it is written.

use zeroize::Zeroizing;

use crate::domain::{SlotLabel, VaultId};
use crate::vault::argon2id::Argon2Params;
use crate::vault::entropy::{Entropy, draw};
use crate::vault::program::{Program, ProgramFault, Programs};

use super::age_slot;
use super::base32;
use super::base64::Base64;
use super::error::KeyringError;
use super::passphrase::Passphrase;
use super::secret::Secret;
use super::share::Share;
use super::share_set::new_set;
use super::slot::{SALT, Way};
use super::unseal_key::UnsealKey;
use super::{age_slot::MOST_SEALED, shamir};

/// Bytes of a passphrase that is made here.
const PASSPHRASE: usize = 20;

/// A slot that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotWanted {
    /// A passphrase, which is made.
    Passphrase,
    /// A set of `n` shares of which `k` open.
    Shares {
        /// How many are needed.
        k: u8,
        /// How many there are.
        n: u8,
    },
    /// For the holders of the identities of these age recipients.
    Age {
        /// Recipients that have the form of one.
        recipients: Vec<String>,
    },
    /// For the program that is configured.
    Command,
}

/// What whoever makes a slot is handed, once.
pub enum Handed {
    /// Nothing: others hold what opens it.
    Nothing,
    /// A passphrase.
    Passphrase(Zeroizing<String>),
    /// The shares, by number from 1.
    Shares(Vec<Zeroizing<String>>),
}

/// A slot but for the root, which is wrapped under the KEK when it is added.
pub struct PreparedSlot {
    pub(super) label: SlotLabel,
    pub(super) way: Way,
    pub(super) kek: Secret<32>,
    /// What is handed out.
    pub handed: Handed,
    /// The digest of the change that it is made for. A slot that came by the same change gives way to it: what was
    /// handed out with that one reached nobody, because its leaf is not in the log.
    pub(in crate::vault) change: Option<String>,
}

impl PreparedSlot {
    /// Makes it, and reads back what its holders will give: the same key must come of it. An age slot cannot be
    /// proved here, because the identity is not.
    pub fn make(
        vault: &VaultId,
        label: SlotLabel,
        wanted: &SlotWanted,
        argon2id: Argon2Params,
        programs: &Programs,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        if let SlotWanted::Passphrase = wanted {
            return Self::with_passphrase(label, argon2id, entropy);
        }
        let key = UnsealKey::random(entropy)?;
        let (way, handed) = match wanted {
            SlotWanted::Passphrase => return Err(KeyringError::NoKey),
            SlotWanted::Shares { k, n } => {
                let (way, shares) = new_set(vault, &key, *k, *n, entropy)?;
                let texts: Vec<Zeroizing<String>> = shares.iter().map(Share::text).collect();
                proves(&key, combined(&texts, *k)?.as_ref())?;
                (way, Handed::Shares(texts))
            }
            SlotWanted::Age { recipients } => {
                let sealed = age_slot::seal(&key, recipients, programs.age.as_ref())?;
                let way = Way::Age {
                    recipients: recipients.clone(),
                    sealed: Base64(sealed),
                };
                (way, Handed::Nothing)
            }
            SlotWanted::Command => {
                let unnamed = KeyringError::Program(ProgramFault::NotNamed);
                let wrap = programs.wrap.as_ref().ok_or(unnamed)?;
                let open = programs.open.as_ref().ok_or(unnamed)?;
                let sealed = wrap.run(&key.text()).map_err(KeyringError::Program)?;
                if !(1..=MOST_SEALED).contains(&sealed.len()) {
                    return Err(KeyringError::Program(ProgramFault::TooMuch));
                }
                proves(&key, Some(&opened_by(open, &sealed)?))?;
                let sealed = Base64(sealed.to_vec());
                (Way::Command { sealed }, Handed::Nothing)
            }
        };
        Ok(Self {
            change: None,
            label,
            way,
            kek: key.kek(vault)?,
            handed,
        })
    }

    fn with_passphrase(
        label: SlotLabel,
        argon2id: Argon2Params,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let random = Secret::<PASSPHRASE>::random(entropy)?;
        let letters = base32::encode(random.bytes());
        let mut text = Zeroizing::new(String::with_capacity(letters.len() * 5 / 4));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        let salt = draw::<SALT>(entropy)?;
        let kek = Passphrase::new(text.to_string()).kek(argon2id, &salt)?;
        let salt = Base64(salt.to_vec());
        Ok(Self {
            change: None,
            label,
            way: Way::Passphrase { argon2id, salt },
            kek,
            handed: Handed::Passphrase(text),
        })
    }
}

/// The unseal key that the program gives back.
pub(super) fn opened_by(open: &Program, sealed: &[u8]) -> Result<UnsealKey, KeyringError> {
    let said = open.run(sealed).map_err(KeyringError::Program)?;
    UnsealKey::parse(&said).ok_or(KeyringError::Program(ProgramFault::Failed))
}

/// The key of the last `k` shares, read from their texts.
fn combined(texts: &[Zeroizing<String>], k: u8) -> Result<Option<UnsealKey>, KeyringError> {
    let last = texts.iter().rev().take(usize::from(k));
    let shares: Vec<Share> = last
        .map(|text| Share::parse(text).map_err(KeyringError::Share))
        .collect::<Result<_, _>>()?;
    let values: Vec<(u8, &Secret<32>)> = shares
        .iter()
        .map(|share| (share.index, &share.value))
        .collect();
    Ok(shamir::combine(&values).map(UnsealKey::new))
}

/// Whether the key that came back is the one that was given.
fn proves(key: &UnsealKey, back: Option<&UnsealKey>) -> Result<(), KeyringError> {
    use subtle::ConstantTimeEq as _;
    let same =
        back.is_some_and(|back| bool::from(back.secret().bytes().ct_eq(key.secret().bytes())));
    same.then_some(()).ok_or(KeyringError::NotProved)
}
