//! Errors of the keyring.

use std::io;

use crate::vault::entropy::EntropyError;
use crate::vault::plaintext::{OpenError, SealError};

use super::argon2id::Argon2Error;
use super::derive::DeriveError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    #[error("there is no keyring")]
    Missing,
    #[error("a keyring exists already")]
    Exists,
    #[error("the keyring is damaged: {what}")]
    Damaged { what: &'static str },
    #[error("the keyring has a version that this program does not know")]
    UnknownVersion,
    #[error("wrong passphrase, or the keyring's slot was altered")]
    WrongPassphrase,
    #[error("the keyring has no key for this case")]
    UnknownCase,
    #[error("the keyring already has a key for this case")]
    CaseKnown,
    #[error("the keyring file could not be read or written: {0}")]
    Io(io::ErrorKind),
    #[error("the system's random generator failed")]
    NoEntropy,
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
