//! Tokens: the names of the subjects of a case, which are shown in place of their numbers.

use std::fmt;
use std::str::FromStr;

use ring::hmac;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HALF: u32 = 20;
const MASK: u64 = (1 << HALF) - 1;
const ROUNDS: u8 = 6;

/// `S-` and eight characters of Crockford base32: 40 bits, written in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectToken(u64);

/// The text is not a subject token. The error has no part of the text, so it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a subject token, S- and eight letters or digits")]
pub struct SubjectTokenError;

/// The key of one case's tokens.
///
/// A token is a keyed permutation of the term number: a balanced Feistel network over two halves of 20 bits, with six
/// rounds of HMAC-SHA-256 (after Luby and Rackoff). It is therefore unique and needs no table. Without the key it tells
/// nothing about the order in which numbers were admitted.
pub struct TokenKey(hmac::Key);

impl TokenKey {
    pub(in crate::vault) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The token of the number with this term number.
    pub fn token(&self, no: u32) -> SubjectToken {
        let (mut left, mut right) = (u64::from(no) >> HALF, u64::from(no) & MASK);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.round(round, right));
        }
        SubjectToken(left << HALF | right)
    }

    /// The term number of a token; `None` if no term number of this case has it. One in 256 invented tokens gives a
    /// term number, so the caller has to check that the case has that term.
    pub fn subject(&self, token: &SubjectToken) -> Option<u32> {
        let (mut left, mut right) = (token.0 >> HALF, token.0 & MASK);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        u32::try_from(left << HALF | right).ok()
    }

    fn round(&self, round: u8, half: u64) -> u64 {
        let [_, _, _, _, _, a, b, c] = half.to_be_bytes();
        hmac::sign(&self.0, &[round, a, b, c])
            .as_ref()
            .iter()
            .take(8)
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
            & MASK
    }
}

impl fmt::Display for SubjectToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S-")?;
        for place in (0..8).rev() {
            let letter = ALPHABET[(self.0 >> (5 * place) & 31) as usize];
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for SubjectToken {
    type Err = SubjectTokenError;

    /// Accepts lower case too, because people type tokens.
    fn from_str(text: &str) -> Result<Self, SubjectTokenError> {
        let letters = text
            .strip_prefix("S-")
            .or_else(|| text.strip_prefix("s-"))
            .filter(|letters| letters.len() == 8)
            .ok_or(SubjectTokenError)?;
        letters
            .bytes()
            .map(|letter| {
                let letter = letter.to_ascii_uppercase();
                ALPHABET.iter().position(|known| *known == letter)
            })
            .try_fold(0, |sum, digit| Some(sum << 5 | digit? as u64))
            .map(Self)
            .ok_or(SubjectTokenError)
    }
}

impl serde::Serialize for SubjectToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_of_many_terms_are_unique_and_lead_back() {
        let key = TokenKey::new(&[7; 32]);
        let mut seen = HashSet::new();
        for no in (0..20_000).chain([u32::MAX, 1 << 20, (1 << 20) - 1]) {
            let token = key.token(no);
            assert_eq!(key.subject(&token), Some(no));
            assert!(seen.insert(token));
        }
    }

    #[test]
    fn another_case_has_other_tokens() {
        let (one, other) = (TokenKey::new(&[1; 32]), TokenKey::new(&[2; 32]));
        let strangers = (0..1_000)
            .filter(|&no| other.subject(&one.token(no)) == Some(no))
            .count();
        assert_eq!(strangers, 0);
        assert_ne!(one.token(0), other.token(0));
    }

    #[test]
    fn a_token_that_is_no_token_is_refused() {
        for text in [
            "",
            "S-",
            "S-1234567",
            "S-123456789",
            "S-1234567U",
            "X-12345678",
            "S-1234567é",
        ] {
            assert_eq!(
                text.parse::<SubjectToken>(),
                Err(SubjectTokenError),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_token_reads_back_as_it_was_printed(bits in 0_u64..1 << 40) {
            let token = SubjectToken(bits);
            let text = token.to_string();
            prop_assert_eq!(text.len(), 10);
            prop_assert_eq!(text.parse(), Ok(token));
            prop_assert_eq!(text.to_lowercase().parse(), Ok(token));
        }
    }
}
