//! Typed, opaque identifiers: a letter for the kind, an underscore and 20 characters of lower-case
//! Crockford base32 (100 random bits).
//!
//! They are not secret and say nothing about what they name, so they may appear in paths, logs and
//! leaves.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 20;

/// The text is not an identifier of the expected kind. The error does not contain the text, so it
/// can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: one letter, _ and 20 letters and digits; a name is no id")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $letter:literal $(or $other:literal)*;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Makes an identifier from 13 random bytes, of which 100 bits are used.
            pub fn from_random(bytes: [u8; 13]) -> Self {
                Self(spell($letter, bytes))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let own = is_spelt($letter, text) $(|| is_spelt($other, text))*;
                own.then(|| Self(text.to_owned())).ok_or(IdError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

/// Identifiers of requests, one for each kind.
macro_rules! request_ids {
    ($($(#[$doc:meta])* $name:ident $letter:literal;)*) => {
        ids! { $($(#[$doc])* $name $letter;)* }
        $(
            impl RequestIdOfKind for $name {
                fn from_random(bytes: [u8; 13]) -> Self {
                    Self::from_random(bytes)
                }

                fn of_any_kind(&self) -> RequestId {
                    RequestId(self.0.clone())
                }
            }
        )*
    };
}

ids! {
    /// One investigation of one breach.
    CaseId 'c';
    /// One file as received.
    ExhibitId 'x';
    /// One person who works with the vault.
    OperatorId 'o';
    /// One signed-in session, or the token of a script or a machine, which have letters of their own.
    SessionId 's' or 't' or 'k';
    /// One passkey of an operator.
    PasskeyId 'p';
}

impl SessionId {
    /// The identifier of a script's token, from 13 random bytes (100 bits are used).
    pub fn of_script(bytes: [u8; 13]) -> Self {
        Self(spell('t', bytes))
    }

    /// Whether it is that of a script's token.
    pub fn is_script(&self) -> bool {
        self.0.starts_with('t')
    }

    /// The identifier of a machine, from 13 random bytes (100 bits are used).
    pub fn of_machine(bytes: [u8; 13]) -> Self {
        Self(spell('k', bytes))
    }

    /// Whether it is that of a machine.
    pub fn is_machine(&self) -> bool {
        self.0.starts_with('k')
    }
}

request_ids! {
    /// One request to see numbers in the clear.
    RevealId 'r';
    /// One request to hand data out.
    ExportId 'e';
    /// One request to withdraw an exhibit.
    WithdrawalId 'w';
    /// One request to see the rows of an exhibit that are in quarantine.
    QuarantineId 'q';
    /// One request to give somebody a role in a case.
    MembershipId 'm';
    /// One request for more lookup points.
    RaiseId 'b';
    /// One request to destroy a case.
    DestructionId 'd';
    /// One request to erase one person's number.
    ErasureId 'f';
}

/// The identifier of one kind of request that two people decide.
pub trait RequestIdOfKind: Clone + fmt::Display + FromStr<Err = IdError> + Send + 'static {
    /// Makes the identifier out of 13 random bytes (100 bits are used).
    fn from_random(bytes: [u8; 13]) -> Self;

    /// The same identifier where the kind does not matter.
    fn of_any_kind(&self) -> RequestId;
}

/// The identifier of a request of any kind; its letter tells which.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(String);

impl RequestId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let letter = text.chars().next().filter(char::is_ascii_lowercase);
        match letter {
            Some(letter) if is_spelt(letter, text) => Ok(Self(text.to_owned())),
            _ => Err(IdError),
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn spell(letter: char, bytes: [u8; 13]) -> String {
    let mut bits = bytes
        .iter()
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    let mut text = String::with_capacity(LENGTH + 2);
    text.push(letter);
    text.push('_');
    for _ in 0..LENGTH {
        text.push(char::from(ALPHABET[(bits & 31) as usize]));
        bits >>= 5;
    }
    text
}

fn is_spelt(letter: char, text: &str) -> bool {
    text.strip_prefix(letter)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|rest| rest.len() == LENGTH && rest.bytes().all(|b| ALPHABET.contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_only_as_its_own_kind() {
        let id = CaseId::from_random([0xa5; 13]);
        assert_eq!(id.as_str().parse::<CaseId>(), Ok(id.clone()));
        assert_eq!(id.as_str().parse::<ExhibitId>(), Err(IdError));
    }

    #[test]
    fn sessions_tokens_of_scripts_and_machines_are_told_from_each_other() {
        let (session, script, machine) = (
            SessionId::from_random([0xa5; 13]),
            SessionId::of_script([0xa5; 13]),
            SessionId::of_machine([0xa5; 13]),
        );
        let kinds = [&session, &script, &machine].map(|id| (id.is_script(), id.is_machine()));
        assert_eq!(kinds, [(false, false), (true, false), (false, true)]);
        for id in [session, script, machine] {
            assert_eq!(id.as_str().parse(), Ok(id.clone()));
            assert_eq!(id.as_str().parse::<CaseId>(), Err(IdError));
        }
    }

    #[test]
    fn an_id_of_a_request_keeps_its_kind() {
        let id = RevealId::from_random([0xa5; 13]);
        let any = id.of_any_kind();
        assert_eq!(any.as_str(), id.as_str());
        assert_eq!(any.as_str().parse::<RequestId>(), Ok(any.clone()));
        assert_eq!(any.as_str().parse::<ExportId>(), Err(IdError));
        assert_eq!("R_0123456789abcdefghjk".parse::<RequestId>(), Err(IdError));
        assert_eq!("".parse::<RequestId>(), Err(IdError));
    }

    #[test]
    fn a_wrong_length_letter_or_alphabet_is_refused() {
        for text in [
            "",
            "c_",
            "c_0123",
            "c_0123456789abcdefghiI",
            "c-0123456789abcdefghjk",
        ] {
            assert_eq!(text.parse::<CaseId>(), Err(IdError), "{text}");
        }
    }
}
