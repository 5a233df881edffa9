//! Why a vault could not be made or opened.

use std::io;

use crate::domain::io_words;
use crate::vault::erase::EraseError;
use crate::vault::keyring::KeyringError;
use crate::vault::ledger::{BookError, ControlFault, MarkFault};
use crate::vault::lock::Unlocked;
use crate::vault::moving::Unended;
use crate::vault::peers::PeersFault;
use crate::vault::private_files::Exposed;
use crate::vault::store::{PlaceFault, SchemaFault, StoreError};

/// Why a vault could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The directory has a vault; it is left as it is.
    #[error("there is a vault in this directory already")]
    Exists,
    /// The database of a server has a vault.
    #[error("there is a vault in this database already")]
    Taken,
    /// The directory names a node already, so it cannot join as another one.
    #[error("data/node names a node of the vault already")]
    NamesANode,
    /// A file has the tables, so there is no other node.
    #[error(
        "a file has the tables of this vault, and one process serves it: it has no other nodes"
    )]
    HasAFile,
    /// The directory has no vault.
    #[error("there is no vault in this directory")]
    Missing,
    /// Another process holds the lock of this vault.
    #[error("another process has this vault open")]
    InUse,
    /// Others can change the vault's files or folders, or read a file.
    #[error(transparent)]
    Exposed(#[from] Exposed),
    /// The database and the unlocked keyring have different vault ids.
    #[error("the keyring belongs to another vault")]
    OtherVault,
    /// The keyring could not be made.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The database could not be made, opened or migrated.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The schema of the database is not the program's.
    #[error(transparent)]
    Schema(SchemaFault),
    /// The log could not be continued.
    #[error("the audit log could not be continued: {0}")]
    Log(#[from] BookError),
    /// The control rows are not those that the vault wrote last.
    #[error(transparent)]
    Control(#[from] ControlFault),
    /// The log is not the one that the high-water mark was written for.
    #[error(transparent)]
    Mark(#[from] MarkFault),
    /// An erasure that was carried out could not be ended, or not be taken over from the file beside the keyring.
    #[error("an erasure could not be ended: {0}")]
    Erasure(#[from] EraseError),
    /// A server has the tables, and the directory is no node of the vault.
    #[error("this directory is no node of the vault, or was struck off")]
    NotANode,
    /// Other nodes could not be spoken to.
    #[error(transparent)]
    Peers(#[from] PeersFault),
    /// These are the tables that the vault had before it moved.
    #[error(
        "these tables were moved to {0}; the vault goes on there, and no log goes on from them"
    )]
    Moved(String),
    /// The address of a server cannot be used.
    #[error("the address of the database: {0}")]
    Address(#[from] PlaceFault),
    /// A folder could not be made, or the file of the public key not written.
    #[error("the directory could not be used: {}", io_words(*.0))]
    Io(io::ErrorKind),
    /// The folder that the configuration names for packages could not be used.
    #[error("the folder for packages (packages.directory) could not be used: {}", io_words(*.0))]
    Packages(io::ErrorKind),
    /// The first act could not be done, or its leaf could not be made durable.
    #[error("the vault could not write its first leaf")]
    Unaudited,
}

impl From<Unlocked> for StartError {
    fn from(unlocked: Unlocked) -> Self {
        match unlocked {
            Unlocked::InUse => Self::InUse,
            Unlocked::Io(kind) => Self::Io(kind),
        }
    }
}

impl From<Unended> for StartError {
    fn from(unended: Unended) -> Self {
        match unended {
            Unended::Io(kind) => Self::Io(kind),
            Unended::Store(error) => Self::Store(error),
            Unended::Unaudited => Self::Unaudited,
        }
    }
}

impl From<SchemaFault> for StartError {
    fn from(fault: SchemaFault) -> Self {
        match fault {
            SchemaFault::Store(error) => Self::Store(error),
            fault => Self::Schema(fault),
        }
    }
}
