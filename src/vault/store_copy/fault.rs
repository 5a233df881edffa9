//! Why tables were not moved.

use std::io;

use crate::domain::io_words;
use crate::vault::ledger::trail::TrailFailure;
use crate::vault::lock::Unlocked;
use crate::vault::start::StartError;
use crate::vault::store::{PlaceFault, SchemaFault, StoreError};

/// Why the tables are where they were; after [`Self::NotOpened`] and [`Self::Unended`] they are at the new place.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The vault does not open where its tables are, or another process has it open.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The address of a server cannot be used.
    #[error("the address of the database: {0}")]
    Address(#[from] PlaceFault),
    /// A database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("the directory could not be used: {}", io_words(*.0))]
    Io(io::ErrorKind),
    /// The tables are at this place already.
    #[error("the tables of this vault are there already")]
    There,
    /// Another process works with the tables of the vault.
    #[error("another process of this program has a connection to the database that has the tables")]
    SourceServed,
    /// Another process works with the database that is to have the tables.
    #[error(
        "another process of this program has a connection to the database that is to have the tables"
    )]
    TargetServed,
    /// The database that is to have the tables has some.
    #[error("the database has tables with rows already, or tables that are not this program's")]
    Taken,
    /// A file is where the database is to be.
    #[error("there is a file data/vault.db, which is not in use")]
    InTheWay,
    /// The tables have no signed head.
    #[error("the tables have no signed head of the log")]
    NoHead,
    /// The rows of a table are not the same in both.
    #[error("the rows of the table `{0}` are not the same in both databases")]
    Differs(&'static str),
    /// Somebody wrote to the source meanwhile.
    #[error("somebody wrote to the tables while they were copied")]
    Changed,
    /// What was copied is not what the vault wrote.
    #[error("what was copied does not verify: {0}")]
    Unsound(String),
    /// The check itself could not be done.
    #[error("what was copied could not be checked: {0}")]
    Unread(String),
    /// The log of the copy does not verify.
    #[error(transparent)]
    Log(#[from] TrailFailure),
    /// The system gave no randomness.
    #[error("the system gave no random bytes")]
    Entropy,
    /// The tables are at the new place, and the vault did not open there.
    #[error("the tables were moved, and the vault did not open: {0}")]
    NotOpened(Box<StartError>),
    /// The tables are at the new place, and the old ones are not marked yet.
    #[error("the tables were moved, and the old ones could not be marked yet")]
    Unended,
}

impl CopyError {
    /// Whether what lies there is at fault, and not only the attempt.
    pub fn is_verification_failure(&self) -> bool {
        match self {
            Self::Differs(_) | Self::Unsound(_) => true,
            Self::Log(failure) => failure.is_verification_failure(),
            Self::Start(fault) => matches!(
                fault,
                StartError::Control(_) | StartError::Log(_) | StartError::Mark(_)
            ),
            _ => false,
        }
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl From<Unlocked> for CopyError {
    fn from(unlocked: Unlocked) -> Self {
        StartError::from(unlocked).into()
    }
}

impl From<SchemaFault> for CopyError {
    fn from(fault: SchemaFault) -> Self {
        StartError::from(fault).into()
    }
}
