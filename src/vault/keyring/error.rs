//! Errors of the keyring.

use std::io;

use crate::domain::io_words;
use crate::vault::entropy::EntropyError;
use crate::vault::plaintext::{OpenError, SealError};

use super::derive::DeriveError;
use crate::vault::argon2id::Argon2Error;
use crate::vault::private_files::OpenToOthers;

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
    #[error("the keyring has a version that this program does not know")]
    UnknownVersion,
    /// Wrong passphrase, or the keyring's slot was altered.
    #[error("wrong passphrase, or the keyring's slot was altered")]
    WrongPassphrase,
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
