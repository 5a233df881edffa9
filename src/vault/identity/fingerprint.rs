//! The fingerprint of an account: what its owner reads out, so that a lead knows that the account is theirs.
//!
//! 60 bits of HMAC-SHA-256 under a secret that is drawn when the invitation is used, over the account's id and the
//! public key of its first passkey, as three groups of four characters of Crockford's base32. Only the vault computes
//! one, and every account costs an act with a leaf, so nobody tries accounts until one has somebody else's fingerprint:
//! it would take 2^60 of them. Every wrong one that a lead types is a leaf with an alarm.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::OperatorId;
use crate::vault::keyring::MacKey;

/// Without letters that are mistaken for others when they are read out or written down.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS: usize = 12;
const GROUP: usize = 4;
const LABEL: &[u8] = b"breachvault account fingerprint 1\0";

/// What an owner reads out, or what a lead typed.
pub struct Fingerprint(Zeroizing<[u8; CHARACTERS]>);

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be three groups of four letters or digits, such as 7K3M-9QTX-2BWD")]
pub struct FingerprintError;

impl Fingerprint {
    /// Of an account: its secret, its id, and the public key of its first passkey, if it has one.
    pub(in crate::vault) fn of(secret: &[u8; 32], operator: &OperatorId, passkey: &[u8]) -> Self {
        // An id has one length, so the two cannot be taken for others.
        let said = [operator.as_str().as_bytes(), passkey].concat();
        let mac = MacKey::new(secret).mac(LABEL, &said);
        let mut bits = mac
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let mut text = Zeroizing::new([0; CHARACTERS]);
        for character in text.iter_mut() {
            *character = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        Self(text)
    }

    /// Reads what somebody typed: in groups or not, in capitals or not, with O for 0 and I or L for 1.
    pub fn parse(text: &str) -> Result<Self, FingerprintError> {
        let mut read = Zeroizing::new([0; CHARACTERS]);
        let mut places = read.iter_mut();
        for character in text.chars().filter(|one| !matches!(one, ' ' | '-')) {
            let meant = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let meant = u8::try_from(meant).map_err(|_| FingerprintError)?;
            if !ALPHABET.contains(&meant) {
                return Err(FingerprintError);
            }
            *places.next().ok_or(FingerprintError)? = meant;
        }
        match places.next() {
            Some(_) => Err(FingerprintError),
            None => Ok(Self(read)),
        }
    }

    /// The text in groups, for its owner only.
    pub fn expose_once(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (no, group) in self.0.chunks(GROUP).enumerate() {
            if no > 0 {
                text.push('-');
            }
            text.extend(group.iter().copied().map(char::from));
        }
        text
    }

    /// Whether both are the same. It takes as long whatever differs.
    pub fn is(&self, other: &Self) -> bool {
        bool::from(self.0.ct_eq(&*other.0))
    }
}

/// How many wrong fingerprints were typed for somebody since the start, or since they were recognised.
#[derive(Default)]
pub(in crate::vault) struct WrongFingerprints(Mutex<HashMap<OperatorId, u32>>);

impl WrongFingerprints {
    /// Counts one more.
    pub(in crate::vault) fn count(&self, operator: &OperatorId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(operator.clone()).or_default();
        *count = count.saturating_add(1);
    }

    /// They were recognised.
    pub(in crate::vault) fn forget(&self, operator: &OperatorId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(operator);
    }

    /// How many there were, if any.
    pub(in crate::vault) fn of(&self, operator: &OperatorId) -> Option<u32> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(operator).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(no: u8) -> OperatorId {
        OperatorId::from_random([no; 13])
    }

    #[test]
    fn it_is_of_one_secret_one_account_and_one_passkey() {
        let own = Fingerprint::of(&[1; 32], &somebody(1), b"");
        assert!(own.is(&Fingerprint::of(&[1; 32], &somebody(1), b"")));
        for other in [
            Fingerprint::of(&[2; 32], &somebody(1), b""),
            Fingerprint::of(&[1; 32], &somebody(2), b""),
            Fingerprint::of(&[1; 32], &somebody(1), b"a key"),
        ] {
            assert!(!own.is(&other));
        }
    }

    #[test]
    fn what_is_shown_is_three_groups_and_reads_back_however_it_was_heard() {
        for no in 0..64 {
            let own = Fingerprint::of(&[no; 32], &somebody(no), b"");
            let shown = own.expose_once();
            let groups: Vec<_> = shown.split('-').map(str::len).collect();
            assert_eq!(groups, [4, 4, 4], "{}", *shown);
            let heard = shown.replace('0', "o").replace('1', "l");
            for typed in [
                shown.to_lowercase(),
                shown.replace('-', " "),
                shown.replace('-', ""),
                heard,
            ] {
                assert!(Fingerprint::parse(&typed).unwrap().is(&own), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_too_short_or_too_long_or_of_other_letters_is_refused() {
        for text in [
            "",
            "7K3M",
            "7K3M-9QTX-2BW",
            "7K3M-9QTX-2BWDA",
            "7K3M-9QTX-2BWU",
            "7K3M-9QTX-2BW\u{e9}",
            "7K3M_9QTX_2BWD",
        ] {
            assert!(Fingerprint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn wrong_ones_are_counted_for_each_account_until_it_is_recognised() {
        let wrong = WrongFingerprints::default();
        assert_eq!(wrong.of(&somebody(1)), None);
        wrong.count(&somebody(1));
        wrong.count(&somebody(1));
        wrong.count(&somebody(2));
        wrong.forget(&somebody(2));
        assert_eq!(
            (wrong.of(&somebody(1)), wrong.of(&somebody(2))),
            (Some(2), None)
        );
    }
}
