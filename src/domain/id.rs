//! Typed, opaque identifiers: a letter for the kind, an underscore and 20 characters of lower-case
//! Crockford base32 (100 random bits).
//!
//! They are not secret and say nothing about what they name, so they may appear in paths, logs and
//! leaves.

use std::fmt;
use std::str::FromStr;

use utoipa::openapi::schema::ObjectBuilder;

use super::schema::{self, described};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 20;

/// The text is not an identifier of the expected kind. The error does not contain the text, so it
/// can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: one letter, _ and 20 letters and digits; a name is no id")]
pub struct IdError;

macro_rules! ids {
    ($(#[doc = $doc:literal] $name:ident $letter:literal $(or $other:literal)*;)*) => {$(
        #[doc = $doc]
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

        described! {
            $name as (stringify!($name)) => schema::id($doc, concat!($letter $(, $other)*));
        }
    )*};
}

/// Identifiers of requests, one for each kind, with the words for the kind.
macro_rules! request_ids {
    ($(#[doc = $doc:literal] $name:ident $letter:literal $one:literal $many:literal;)*) => {
        ids! { $(#[doc = $doc] $name $letter;)* }

        impl RequestWords {
            /// Those of every kind.
            pub const ALL: &'static [Self] = &[$($name::WORDS),*];
        }
        $(
            impl RequestIdOfKind for $name {
                const WORDS: RequestWords = RequestWords {
                    letter: $letter,
                    one: $one,
                    many: $many,
                    id: stringify!($name),
                    about: $doc,
                };

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
    /// One signed-in session, or with a t the token of a script, or with a k a machine.
    SessionId 's' or 't' or 'k';
    /// One passkey of an operator.
    PasskeyId 'p';
    /// One process that may write the log of a vault whose tables a server has.
    NodeId 'n';
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
    RevealId 'r' "reveal" "reveals";
    /// One request to hand data out.
    ExportId 'e' "export" "exports";
    /// One request to withdraw an exhibit.
    WithdrawalId 'w' "withdrawal" "withdrawals";
    /// One request to see rows in quarantine.
    QuarantineId 'q' "quarantine" "quarantines";
    /// One request to give somebody a role in a case.
    MembershipId 'm' "membership" "memberships";
    /// One request for more lookup points.
    RaiseId 'b' "raise" "raises";
    /// One request to destroy a case.
    DestructionId 'd' "destruction" "destructions";
    /// One request to erase one person's number.
    ErasureId 'f' "erasure" "erasures";
    /// One request to close a case or to lift its hold.
    CaseMoveId 'v' "move" "moves";
}

/// The words for a kind of request that two people decide, and what its identifiers look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestWords {
    /// The letter that its identifiers begin with.
    pub letter: char,
    /// The word for one of them, such as `reveal`; also its name in the table and in addresses.
    pub one: &'static str,
    /// The word for several of them, as addresses have it.
    pub many: &'static str,
    /// The name of the type of its identifiers.
    pub id: &'static str,
    about: &'static str,
}

impl RequestWords {
    /// How the API's description shows its identifiers.
    pub(crate) fn schema(&self) -> ObjectBuilder {
        schema::id(self.about, self.letter.encode_utf8(&mut [0; 4]))
    }
}

/// The identifier of one kind of request that two people decide.
pub trait RequestIdOfKind: Clone + fmt::Display + FromStr<Err = IdError> + Send + 'static {
    /// The words for the kind.
    const WORDS: RequestWords;

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

described! {
    RequestId as "RequestId" => schema::pattern(
        "One request of any kind.",
        "^[a-z]_[0-9a-hjkmnp-tv-z]{20}$",
    )
    .examples(["r_0123456789abcdefghjk"]);
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
    fn every_kind_of_request_has_a_letter_and_words_of_its_own() {
        for kind in RequestWords::ALL {
            let same = |other: &&RequestWords| {
                other.letter == kind.letter || other.one == kind.one || other.many == kind.many
            };
            assert_eq!(RequestWords::ALL.iter().filter(same).count(), 1, "{kind:?}");
            assert!(
                !['c', 'x', 'o', 's', 't', 'p'].contains(&kind.letter),
                "{kind:?}"
            );
        }
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
