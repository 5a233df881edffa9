//! What can go wrong with a backup or a restore.

use std::io;

use crate::domain::{CaseId, io_words};
use crate::vault::audit::{CheckpointError, KeyError};
use crate::vault::call::refusal::Refusal;
use crate::vault::error::OperationError;
use crate::vault::keyring::KeyringError;
use crate::vault::ledger::trail::TrailFailure;
use crate::vault::ledger::{BookError, MarkFault};
use crate::vault::start::StartError;
use crate::vault::store::{SchemaFault, StoreError, StoreFault};

/// Why a backup was not made, or does not verify.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file could not be read or written.
    #[error("failed to {step}: {}", io_words(*.kind))]
    Io {
        /// What was being done.
        step: &'static str,
        /// The kind of I/O error.
        kind: io::ErrorKind,
    },
    /// A file of this name is there.
    #[error("there is a file of this name already; nothing was changed")]
    Exists,
    /// The file does not end as a backup does.
    #[error("this is no backup, or its end is missing")]
    NoBackup,
    /// The backup was made by a program that writes another form of it.
    #[error("the backup has a form that this program does not know")]
    UnknownVersion,
    /// The bytes are not those that were written.
    #[error("the backup is damaged: its bytes are not those that were written")]
    Damaged,
    /// What the backup says about itself is not what is in it.
    #[error("the backup does not say what is in it: {0}")]
    Untrue(&'static str),
    /// The backup is of a database and has to be of a keyring, or the other way round.
    #[error("this is a backup of the {found}, and one of the {wanted} is needed")]
    OtherKind {
        /// What it is.
        found: &'static str,
        /// What it has to be.
        wanted: &'static str,
    },
    /// A server has the tables.
    #[error(
        "a server has the tables of this vault: copy them by its own means, such as pg_basebackup; `backup --keyring` \
         copies the keyring"
    )]
    Server,
    /// There is nothing to back up.
    #[error("no number was erased in this vault, so it has no erasure lists")]
    NoErasures,
    /// Database, keyring or public key are of different vaults.
    #[error("these files belong to different vaults")]
    OtherVault,
    /// The database could not be read or copied.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The schema is not the program's.
    #[error(transparent)]
    Schema(SchemaFault),
    /// The log does not verify.
    #[error(transparent)]
    Log(#[from] TrailFailure),
    /// The log's name is no name.
    #[error(transparent)]
    Name(#[from] BookError),
    /// The public key is none.
    #[error("the public key of the log is none")]
    Key(#[from] KeyError),
    /// The sealed parts of an exhibit are not those of the leaf of its admission.
    #[error("the sealed parts of an exhibit are not those that leaf {leaf} says were admitted")]
    Parts {
        /// The leaf's number, from 0.
        leaf: u64,
    },
    /// The digests could not be computed.
    #[error("the sealed parts could not be read: {}", .0.name())]
    Unread(OperationError),
    /// The keyring cannot be read.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

impl BackupError {
    pub(super) fn io(step: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists,
            kind => Self::Io { step, kind },
        }
    }

    /// Whether what lies there is at fault, and not only the attempt to read or write it.
    pub fn is_verification_failure(&self) -> bool {
        match self {
            Self::NoBackup
            | Self::Damaged
            | Self::Untrue(_)
            | Self::Parts { .. }
            | Self::Key(_)
            | Self::Name(_)
            | Self::Keyring(KeyringError::Damaged { .. }) => true,
            Self::Store(error) => {
                matches!(error.fault, StoreFault::Damaged | StoreFault::Inconsistent)
            }
            Self::Schema(fault) => *fault != SchemaFault::Newer,
            Self::Log(failure) => failure.is_verification_failure(),
            Self::Io { .. }
            | Self::Exists
            | Self::UnknownVersion
            | Self::OtherKind { .. }
            | Self::OtherVault
            | Self::NoErasures
            | Self::Server
            | Self::Unread(_)
            | Self::Keyring(_) => false,
        }
    }

    /// The same for the leaf of a scheduled backup.
    pub(super) fn for_leaf(&self) -> OperationError {
        let fault = match self {
            Self::Store(StoreError {
                fault: fault @ (StoreFault::DiskFull | StoreFault::Disk | StoreFault::Busy),
                ..
            }) => *fault,
            Self::Io {
                kind: io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded,
                ..
            } => StoreFault::DiskFull,
            Self::Io { .. } | Self::Exists => StoreFault::Disk,
            // The copy is not what it should be. If the vault is not either, the next act that reads it says so.
            _ => StoreFault::Other,
        };
        OperationError::Store(StoreError {
            at: "backup::write",
            fault,
        })
    }
}

impl From<SchemaFault> for BackupError {
    fn from(fault: SchemaFault) -> Self {
        match fault {
            SchemaFault::Store(error) => Self::Store(error),
            fault => Self::Schema(fault),
        }
    }
}

/// Why nothing was restored. Nothing was put in place.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A backup cannot be read or does not verify.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// There is something where the vault is to be.
    #[error("the directory has something in it; a restore needs a new or empty one")]
    NotEmpty,
    /// The high-water mark is not the one of this log.
    #[error(transparent)]
    Mark(#[from] MarkFault),
    /// A kept checkpoint does not verify.
    #[error("a kept checkpoint does not verify")]
    Checkpoint(#[from] CheckpointError),
    /// The vault had erased numbers, and nothing says which.
    #[error("numbers were erased from this vault, and their lists are not there")]
    NoErasures,
    /// The vault in the backup does not open.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What is sealed is not what was admitted.
    #[error("the backup is not what the vault wrote: {0}")]
    Sealed(String),
    /// The check itself could not be done.
    #[error("the sealed parts could not be checked: {}", .0.name())]
    Unread(OperationError),
    /// The keyring has two slots or more, and only one was opened.
    #[error("the keyring has more than one slot, so it takes the holders of two")]
    OneHolder,
    /// The keyring is from before the vault had two slots.
    #[error(
        "the keyring is of generation {generation}, and the mark is of generation {later}, which had two slots or more"
    )]
    EarlierKeyring {
        /// Of the keyring that was given.
        generation: u64,
        /// Of the one that the mark was written with.
        later: u64,
    },
    /// The key of a case was rotated after the backup, or after the keyring was copied.
    #[error("the keyring does not have the key under which the case {0} is sealed in the backup")]
    OtherKey(CaseId),
    /// The root was rotated after the backup, or after the keyring was copied.
    #[error("the keyring does not have the key of the vault under which the backup is sealed")]
    OtherRoot,
    /// A step of the restore was refused.
    #[error("the restore was refused")]
    Refused(Box<Refusal>),
}

impl From<KeyringError> for RestoreError {
    fn from(error: KeyringError) -> Self {
        Self::Backup(error.into())
    }
}

impl From<TrailFailure> for RestoreError {
    fn from(failure: TrailFailure) -> Self {
        Self::Backup(failure.into())
    }
}
