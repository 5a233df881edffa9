//! Shares that are given one by one, until there are enough.

use super::error::KeyringError;
use super::fingerprint::Fingerprint;
use super::secret::Secret;
use super::shamir;
use super::share::{Share, ShareFault};
use super::slot::{Slot, Way, fingerprint_of_set};
use super::unseal_key::UnsealKey;
use crate::domain::VaultId;

/// A set of shares of the keyring, and what is known of each.
#[derive(Clone)]
struct ShareSet {
    /// The slot's number.
    no: u32,
    fingerprint: Fingerprint,
    key: Fingerprint,
    k: u8,
    n: u8,
    shares: Vec<Fingerprint>,
}

/// The shares that were given so far. They are wiped when it is dropped.
pub struct Gathering {
    vault: VaultId,
    sets: Vec<ShareSet>,
    /// The set of the first share.
    of: Option<ShareSet>,
    shares: Vec<Share>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The set; `None` before the first share.
    pub set: Option<Fingerprint>,
    /// The number of its slot.
    pub slot: Option<u32>,
    /// Which shares are there, by number, in the order in which they came.
    pub given: Vec<u8>,
    /// How many are needed; `None` before the first share.
    pub needed: Option<u8>,
}

impl Gathered {
    /// Whether there are enough.
    pub fn is_enough(&self) -> bool {
        self.needed
            .is_some_and(|needed| self.given.len() >= usize::from(needed))
    }
}

impl Gathering {
    pub(super) fn of(vault: &VaultId, slots: &[Slot]) -> Self {
        let set = |slot: &Slot| match &slot.way {
            Way::Shares { k, n, key, shares } => Some(ShareSet {
                no: slot.no,
                fingerprint: slot.fingerprint(vault),
                key: *key,
                k: *k,
                n: *n,
                shares: shares.clone(),
            }),
            _ => None,
        };
        Self {
            vault: vault.clone(),
            sets: slots.iter().filter_map(set).collect(),
            of: None,
            shares: Vec::new(),
        }
    }

    /// The fingerprint of the vault that shares have to be of.
    pub fn vault(&self) -> Fingerprint {
        Fingerprint::of_vault(&self.vault)
    }

    /// Whether the keyring has a set of shares at all.
    pub fn has_sets(&self) -> bool {
        !self.sets.is_empty()
    }

    /// Takes a share, or says what is wrong with it. A share that is refused changes nothing.
    pub fn add(&mut self, share: Share) -> Result<Gathered, ShareFault> {
        if share.vault != self.vault() {
            return Err(ShareFault::OtherVault(share.vault));
        }
        let known = self.sets.iter().find(|set| set.fingerprint == share.set);
        let set = known.ok_or(ShareFault::UnknownSet(share.set))?.clone();
        if self.of.as_ref().is_some_and(|of| of.no != set.no) {
            return Err(ShareFault::OtherSet(share.set));
        }
        let expected = usize::from(share.index).checked_sub(1);
        let expected = expected.and_then(|at| set.shares.get(at));
        if (share.k, share.n, share.key) != (set.k, set.n, set.key)
            || expected
                != Some(&fingerprint_of_share(
                    &self.vault,
                    share.index,
                    &share.value,
                ))
        {
            return Err(ShareFault::Altered(share.index));
        }
        if self.shares.iter().any(|given| given.index == share.index) {
            return Err(ShareFault::Doubled(share.index));
        }
        self.shares.push(share);
        self.of = Some(set);
        Ok(self.gathered())
    }

    /// How far it is.
    pub fn gathered(&self) -> Gathered {
        Gathered {
            set: self.of.as_ref().map(|set| set.fingerprint),
            slot: self.of.as_ref().map(|set| set.no),
            given: self.shares.iter().map(|share| share.index).collect(),
            needed: self.of.as_ref().map(|set| set.k),
        }
    }

    /// Forgets the shares; they are wiped.
    pub fn forget(&mut self) {
        self.of = None;
        self.shares.clear();
    }

    /// The number of the slot and its unseal key.
    pub(super) fn combine(&self) -> Result<(u32, UnsealKey), KeyringError> {
        let set = self.of.as_ref().ok_or(KeyringError::TooFewShares)?;
        let needed = self.shares.get(..usize::from(set.k));
        let needed = needed.ok_or(KeyringError::TooFewShares)?;
        let shares: Vec<(u8, &Secret<32>)> = needed
            .iter()
            .map(|share| (share.index, &share.value))
            .collect();
        let wrong = KeyringError::Share(ShareFault::WrongKey);
        let key = UnsealKey::new(shamir::combine(&shares).ok_or(wrong)?);
        match key.commitment(&self.vault)? == set.key {
            true => Ok((set.no, key)),
            false => Err(wrong),
        }
    }
}

/// Says which share it is. A share is random, so it tells nothing of it.
pub(super) fn fingerprint_of_share(vault: &VaultId, index: u8, value: &Secret<32>) -> Fingerprint {
    Fingerprint::over(
        "share",
        &[vault.as_str().as_bytes(), &[index], value.bytes()],
    )
}

/// The shares of a new set, and the way that its slot has.
pub(super) fn new_set(
    vault: &VaultId,
    key: &UnsealKey,
    k: u8,
    n: u8,
    entropy: &dyn crate::vault::entropy::Entropy,
) -> Result<(Way, Vec<Share>), KeyringError> {
    let values = shamir::split(key.secret(), k, n, entropy)?;
    let commitment = key.commitment(vault)?;
    let numbered = (1_u8..).zip(&values);
    let shares: Vec<Fingerprint> = numbered
        .map(|(index, value)| fingerprint_of_share(vault, index, value))
        .collect();
    let set = fingerprint_of_set(vault, k, n, commitment, &shares);
    let share = |(index, value)| Share {
        vault: Fingerprint::of_vault(vault),
        set,
        key: commitment,
        k,
        n,
        index,
        value,
    };
    let handed = (1_u8..).zip(values).map(share).collect();
    let way = Way::Shares {
        k,
        n,
        key: commitment,
        shares,
    };
    Ok((way, handed))
}
