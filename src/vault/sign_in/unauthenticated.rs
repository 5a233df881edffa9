//! Why nobody is signed in.

use crate::vault::store::{StoreError, StoreFault};

/// Why nobody is signed in. The wrong name and the wrong password look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// No token was sent, or none of a session of this vault.
    NoSession,
    /// The session's time is over.
    Expired,
    /// The session was not used for too long.
    Idle,
    /// The session was ended before its time.
    Revoked,
    /// Too many attempts for this name or from this address.
    Throttled {
        /// Seconds until the next attempt is looked at.
        retry_after: u32,
    },
    /// The database did not answer.
    Unavailable,
    /// This process has not the keyring that the log names, or is no node of the vault any more.
    NodeUnfit,
    /// A row that decides who this is is not what the vault wrote.
    Damaged,
}

impl From<StoreError> for Unauthenticated {
    fn from(error: StoreError) -> Self {
        match error.fault {
            StoreFault::Tampered => Self::Damaged,
            StoreFault::OtherKeyring | StoreFault::NotANode => Self::NodeUnfit,
            _ => Self::Unavailable,
        }
    }
}
