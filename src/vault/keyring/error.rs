//! Errors of the keyring.

use std::io;

use crate::domain::io_words;
use crate::vault::entropy::EntropyError;
use crate::vault::plaintext::{OpenError, SealError};

use super::derive::DeriveError;
use super::share::ShareFault;
use crate::vault::argon2id::Argon2Error;
use crate::vault::private_files::OpenToOthers;
use crate::vault::program::ProgramFault;

/// What can go wrong with the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no keyring.
    #[error("there is no vault here: keys/keyring is missing")]
    Missing,
    /// A keyring exists already.
    #[error("a keyring exists already")]
    Exists,
    /// Other users can read or change the keyring.
    #[error("the keyring is refused: {0}")]
    OpenToOthers(OpenToOthers),
    /// The keyring is damaged: `what`.
    #[error("the keyring is damaged: {what}")]
    Damaged {
        /// What is damaged.
        what: &'static str,
    },
    /// The keyring has a version that this program does not know.
    #[error(
        "the keyring has a version that this program does not know: an earlier or a later one made it"
    )]
    UnknownVersion,
    /// The slot of this number was altered or added by somebody who does not have the root.
    #[error("slot {0} of the keyring is not as the vault wrote it")]
    ForeignSlot(u32),
    /// It is another file than the one that the log was written with.
    #[error("the keyring is not the one that the log was written with")]
    NotTheNamed,
    /// It lacks a key that this one has.
    #[error("the keyring lacks a key of a case that is there, or has another one in its place")]
    LacksKey,
    /// The root got a successor, and what the one before sealed is not sealed again yet.
    #[error("a rotation of the root is under way")]
    RootRotates,
    /// Wrong passphrase, or the keyring's slot was altered.
    #[error("wrong passphrase, or the keyring's slot was altered")]
    WrongPassphrase,
    /// None of the identities opens a slot.
    #[error("none of these identities opens a slot of the keyring")]
    WrongIdentity,
    /// A share was not taken: this is why.
    #[error("{0}")]
    Share(ShareFault),
    /// There are too few shares.
    #[error("there are too few shares")]
    TooFewShares,
    /// A program that was configured gave nothing: this is why.
    #[error("the program of the slot gave nothing: {0}")]
    Program(ProgramFault),
    /// The program of a slot gave a key that does not open it.
    #[error(
        "the program of the slot gave another key than the slot's: keyring.open is not the one that goes with it"
    )]
    WrongProgram,
    /// The keyring has no such slot.
    #[error("the keyring has no such slot")]
    NoSuchSlot,
    /// It was opened twice with one slot, or two files were opened.
    #[error("that is the same slot, or another keyring: a second holder has to open another slot")]
    SameSlot,
    /// The keyring has as many slots as it can have.
    #[error("the keyring has eight slots, which is the most")]
    TooManySlots,
    /// It is the last slot.
    #[error("the last slot of a keyring cannot be removed")]
    LastSlot,
    /// None of the slots that stay is known to open.
    #[error(
        "none of the slots that stay has been proved to open: start the vault with one of them first"
    )]
    NoProvedSlot,
    /// What opens the new slot did not give back its key.
    #[error("the new slot did not open again, so it was not added")]
    NotProved,
    /// The keyring was opened with a slot that has no passphrase.
    #[error(
        "the keyring was not opened with a passphrase, so there is none to change: add a slot for a new one"
    )]
    OtherKind,
    /// The keyring has no key for this case.
    #[error("the keyring has no key for this case")]
    UnknownCase,
    /// The keyring already has a key for this case.
    #[error("the keyring already has a key for this case")]
    CaseKnown,
    /// The keyring file could not be read or written: this many.
    #[error("the keyring file could not be read or written: {}", io_words(*.0))]
    Io(io::ErrorKind),
    /// The system's random generator failed.
    #[error("the system's random generator failed")]
    NoEntropy,
    /// A key could not be made.
    #[error("a key could not be made")]
    NoKey,
}

impl From<io::Error> for KeyringError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl From<EntropyError> for KeyringError {
    fn from(EntropyError: EntropyError) -> Self {
        Self::NoEntropy
    }
}

impl From<Argon2Error> for KeyringError {
    fn from(Argon2Error: Argon2Error) -> Self {
        Self::NoKey
    }
}

impl From<DeriveError> for KeyringError {
    fn from(DeriveError: DeriveError) -> Self {
        Self::NoKey
    }
}

impl From<SealError> for KeyringError {
    fn from(SealError: SealError) -> Self {
        Self::NoKey
    }
}

impl From<OpenError> for KeyringError {
    fn from(OpenError: OpenError) -> Self {
        Self::Damaged { what: "body" }
    }
}

impl From<KeyringError> for crate::vault::error::OperationError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::UnknownCase => Self::Damaged {
                place: "the case has no key in the keyring".to_owned(),
            },
            _ => Self::Internal("keyring"),
        }
    }
}
