//! One share of an unseal key, as text that a person keeps.
//!
//! `BVSHARE1-` and 26 groups of four letters: base32 of
//! `vault (8) || set (8) || k || n || index || value (32) || key (8) || checksum (6)`.
//! `vault`, `set` and `key` are fingerprints: of the vault, of the set of shares, and of the commitment to the unseal
//! key. They tell nothing of the value. The checksum is the beginning of SHA-256 over what is before it; it finds
//! mistyped letters, and is no protection against somebody who makes a share.

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use super::base32;
use super::fingerprint::Fingerprint;
use super::secret::Secret;
use super::shamir::BYTES;

/// What every share begins with.
pub const SHARE_PREFIX: &str = "BVSHARE1-";
/// The fewest shares that can be needed: one alone would be a key.
pub const FEWEST_SHARES: u8 = 2;
/// The most shares of a set.
pub const MOST_SHARES: u8 = 16;

const CHECKSUM: usize = 6;
const WHOLE: usize = 8 + 8 + 3 + BYTES + 8 + CHECKSUM;
/// Letters in a group.
const GROUP: usize = 4;
/// A text of more letters is not looked at.
const LONGEST: usize = 1024;

/// A share; its value is wiped on drop.
pub struct Share {
    pub(super) vault: Fingerprint,
    pub(super) set: Fingerprint,
    pub(super) key: Fingerprint,
    pub(super) k: u8,
    pub(super) n: u8,
    pub(super) index: u8,
    pub(super) value: Secret<BYTES>,
}

/// Why a share was not taken. It tells nothing that the share's holder and a reader of the keyring's file do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// The text is no share.
    #[error("this is no share: a share begins with {SHARE_PREFIX} and has 104 letters after it")]
    NotAShare,
    /// It is a share of a version that this program does not know.
    #[error("this share is of a version that this program does not know")]
    UnknownVersion,
    /// Its checksum is wrong.
    #[error("a letter of this share is mistyped")]
    Mistyped,
    /// It is of another vault.
    #[error("this share is of another vault, {0}")]
    OtherVault(Fingerprint),
    /// It is of a set that the keyring does not have, or no longer.
    #[error("this share is of the set {0}, which this vault does not have (any more)")]
    UnknownSet(Fingerprint),
    /// It is of another set than the shares before it.
    #[error("this share is of the set {0}, and the shares before it are of another")]
    OtherSet(Fingerprint),
    /// It names the set and is none of its shares.
    #[error("share {0} is not what was handed out: it was altered or made up")]
    Altered(u8),
    /// The same share came before.
    #[error("share {0} was given before; another one is needed")]
    Doubled(u8),
    /// All shares are there, and their key is not the slot's.
    #[error("the shares do not give the key of the slot; begin again")]
    WrongKey,
}

impl ShareFault {
    /// The word for it, in an answer.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAShare => "not-a-share",
            Self::UnknownVersion => "unknown-version",
            Self::Mistyped => "mistyped",
            Self::OtherVault(_) => "other-vault",
            Self::UnknownSet(_) => "unknown-set",
            Self::OtherSet(_) => "other-set",
            Self::Altered(_) => "altered",
            Self::Doubled(_) => "doubled",
            Self::WrongKey => "wrong-key",
        }
    }
}

impl Share {
    /// Reads a share as somebody typed it: blanks, hyphens, line breaks and the case of letters do not count.
    pub fn parse(text: &str) -> Result<Self, ShareFault> {
        if text.len() > LONGEST {
            return Err(ShareFault::NotAShare);
        }
        let mut typed = Zeroizing::new(Vec::with_capacity(text.len()));
        let kept = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-');
        typed.extend(kept);
        let name = b"BVSHARE";
        let (prefix, rest) = typed
            .split_at_checked(name.len() + 1)
            .ok_or(ShareFault::NotAShare)?;
        match prefix.split_last() {
            Some((b'1' | b'I' | b'i', before)) if before.eq_ignore_ascii_case(name) => {}
            Some((version, before))
                if before.eq_ignore_ascii_case(name) && version.is_ascii_digit() =>
            {
                return Err(ShareFault::UnknownVersion);
            }
            _ => return Err(ShareFault::NotAShare),
        }
        if rest.len() != (WHOLE * 8).div_ceil(5) {
            return Err(ShareFault::NotAShare);
        }
        let whole = base32::decode::<WHOLE>(rest).ok_or(ShareFault::Mistyped)?;
        Self::from_bytes(&whole)
    }

    fn from_bytes(whole: &[u8; WHOLE]) -> Result<Self, ShareFault> {
        let (covered, checksum) = whole
            .split_last_chunk::<CHECKSUM>()
            .ok_or(ShareFault::NotAShare)?;
        if checksum_of(covered) != *checksum {
            return Err(ShareFault::Mistyped);
        }
        let mut rest = covered;
        let mut fingerprint =
            || -> Option<Fingerprint> { Some(Fingerprint::from_bytes(take(&mut rest)?)) };
        let (vault, set) = fingerprint()
            .zip(fingerprint())
            .ok_or(ShareFault::NotAShare)?;
        let [k, n, index] = take(&mut rest).ok_or(ShareFault::NotAShare)?;
        let value = rest.get(..BYTES).and_then(Secret::copied);
        let value = value.ok_or(ShareFault::NotAShare)?;
        let mut rest = rest.get(BYTES..).unwrap_or_default();
        let key = take(&mut rest).ok_or(ShareFault::NotAShare)?;
        let possible = are_numbers_of_a_set(k, n) && (1..=n).contains(&index);
        if !possible {
            return Err(ShareFault::NotAShare);
        }
        Ok(Self {
            vault,
            set,
            key: Fingerprint::from_bytes(key),
            k,
            n,
            index,
            value,
        })
    }

    /// The text of the share.
    pub(super) fn text(&self) -> Zeroizing<String> {
        let mut whole = Zeroizing::new(Vec::with_capacity(WHOLE));
        whole.extend_from_slice(self.vault.bytes());
        whole.extend_from_slice(self.set.bytes());
        whole.extend_from_slice(&[self.k, self.n, self.index]);
        whole.extend_from_slice(self.value.bytes());
        whole.extend_from_slice(self.key.bytes());
        let checksum = checksum_of(&whole);
        whole.extend_from_slice(&checksum);
        let letters = base32::encode(&whole);
        let mut text = Zeroizing::new(String::with_capacity(
            SHARE_PREFIX.len() + letters.len() * 5 / 4,
        ));
        text.push_str(SHARE_PREFIX);
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// The fingerprint of the vault that it is for.
    pub fn vault(&self) -> Fingerprint {
        self.vault
    }

    /// The fingerprint of its set.
    pub fn set(&self) -> Fingerprint {
        self.set
    }

    /// Its number in the set, from 1.
    pub fn index(&self) -> u8 {
        self.index
    }
}

/// Whether a set can have `n` shares of which `k` are needed.
pub fn are_numbers_of_a_set(k: u8, n: u8) -> bool {
    (FEWEST_SHARES..=MOST_SHARES).contains(&k) && (k..=MOST_SHARES).contains(&n)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (chunk, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*chunk)
}

fn checksum_of(covered: &[u8]) -> [u8; CHECKSUM] {
    let mut digest = Context::new(&SHA256);
    digest.update(b"breachvault share 1\0");
    digest.update(covered);
    let mut checksum = [0; CHECKSUM];
    for (out, byte) in checksum.iter_mut().zip(digest.finish().as_ref()) {
        *out = *byte;
    }
    checksum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(value: [u8; BYTES], k: u8, n: u8, index: u8) -> Share {
        Share {
            vault: Fingerprint::from_bytes([1; 8]),
            set: Fingerprint::from_bytes([2; 8]),
            key: Fingerprint::from_bytes([3; 8]),
            k,
            n,
            index,
            value: Secret::copied(&value).unwrap(),
        }
    }

    fn fault(text: &str) -> Option<ShareFault> {
        Share::parse(text).err()
    }

    proptest! {
        #[test]
        fn a_share_reads_back_however_it_was_typed(
            value in any::<[u8; BYTES]>(),
            k in 2_u8..=16,
            more in 0_u8..=14,
            index in 1_u8..=16,
        ) {
            let n = (k + more).min(MOST_SHARES);
            let index = index.min(n);
            let text = share(value, k, n, index).text();
            for typed in [
                text.to_string(),
                text.to_lowercase(),
                text.replace('-', ""),
                text.replace('-', " "),
                text.replace('-', "\r\n  "),
                text.replace('I', "1").replace('O', "0"),
            ] {
                let back = Share::parse(&typed).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
                prop_assert_eq!(back.value.bytes(), &value);
                prop_assert_eq!((back.k, back.n, back.index), (k, n, index));
                prop_assert_eq!(&*back.text(), &*text);
            }
        }

        #[test]
        fn a_mistyped_letter_is_found(at in 0_usize..104, to in 0_usize..31) {
            const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
            let text = share([9; BYTES], 2, 3, 1).text();
            let mut letters: Vec<u8> = text[SHARE_PREFIX.len()..].bytes().filter(|one| *one != b'-').collect();
            let others: Vec<u8> = LETTERS.iter().copied().filter(|one| *one != letters[at]).collect();
            letters[at] = others[to];
            let typed = format!("{SHARE_PREFIX}{}", String::from_utf8(letters).unwrap());
            prop_assert_eq!(fault(&typed), Some(ShareFault::Mistyped));
        }

        #[test]
        fn no_text_stops_the_reader(text in any::<String>(), cut in 0_usize..140) {
            let _ = Share::parse(&text);
            let _ = Share::parse(&format!("{SHARE_PREFIX}{text}"));
            let whole = share([9; BYTES], 2, 3, 1).text();
            let short = whole.get(..cut).unwrap_or(&whole);
            if short.len() < whole.len() {
                prop_assert!(Share::parse(short).is_err());
            }
        }
    }

    #[test]
    fn two_letters_that_changed_places_are_found() {
        let text = share(std::array::from_fn(|at| at as u8), 2, 3, 1).text();
        let letters: Vec<u8> = text[SHARE_PREFIX.len()..]
            .bytes()
            .filter(|one| *one != b'-')
            .collect();
        for at in 1..letters.len() {
            let mut typed = letters.clone();
            typed.swap(at - 1, at);
            if typed != letters {
                let typed = format!("{SHARE_PREFIX}{}", String::from_utf8(typed).unwrap());
                assert_eq!(fault(&typed), Some(ShareFault::Mistyped), "{at}");
            }
        }
    }

    #[test]
    fn other_texts_are_told_from_mistyped_ones() {
        let text = share([9; BYTES], 2, 3, 1).text();
        assert_eq!(fault(""), Some(ShareFault::NotAShare));
        assert_eq!(
            fault("a passphrase of somebody"),
            Some(ShareFault::NotAShare)
        );
        assert_eq!(fault(&text[..text.len() - 1]), Some(ShareFault::NotAShare));
        assert_eq!(fault(&format!("{}A", *text)), Some(ShareFault::NotAShare));
        assert_eq!(
            fault(&text.replacen('1', "2", 1)),
            Some(ShareFault::UnknownVersion)
        );
        assert_eq!(fault(&"A".repeat(5000)), Some(ShareFault::NotAShare));
    }

    #[test]
    fn numbers_that_no_set_has_are_refused_though_the_checksum_is_right() {
        for (k, n, index) in [
            (1, 3, 1),
            (0, 3, 1),
            (4, 3, 1),
            (2, 17, 1),
            (2, 3, 0),
            (2, 3, 4),
        ] {
            let text = share([9; BYTES], k, n, index).text();
            assert_eq!(fault(&text), Some(ShareFault::NotAShare), "{k} {n} {index}");
        }
    }

    #[test]
    fn a_fault_never_quotes_what_was_typed() {
        let text = share([9; BYTES], 2, 3, 1).text();
        let typed = text.replacen("-", "-Q", 2);
        let said = fault(&typed).unwrap().to_string();
        assert!(!said.contains(&typed[10..20]), "{said}");
    }
}
