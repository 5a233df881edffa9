//! Why the log could not be continued or appended to.

use super::control_seal::ControlFault;
use crate::vault::audit::{CheckpointError, KeyError, TreeError};
use crate::vault::keyring::KeyringError;
use crate::vault::store::{StoreError, StoreFault};

/// The log could not be continued or appended to.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A hash that the tree needs is not stored.
    #[error("the tree's hashes are incomplete")]
    Tree,
    /// The log has fewer leaves than its newest checkpoint, so leaves at the end are missing.
    #[error("the log ends at leaf {leaves}, its newest checkpoint speaks of {checkpoint}")]
    CutOff {
        /// Leaves in the log.
        leaves: u64,
        /// Leaves at the checkpoint.
        checkpoint: u64,
    },
    /// The newest checkpoint does not verify under this vault's key.
    #[error("the newest checkpoint is not signed by this vault's key")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes of the log give another root than its newest checkpoint.
    #[error("the newest checkpoint has another root than the log")]
    Root,
    /// The log has another name than this process knows: a restore began a new one.
    #[error("the log has got another name")]
    OtherLog,
    /// Another node has another log: one of them was shown a copy of the database.
    #[error("another node of the vault has a log that is not this one's")]
    Forked,
    /// This process is no node of the vault any more.
    #[error("this node was struck off, or another process was started as the same node")]
    NoNode,
    /// The name made of the vault's id is not a key name.
    #[error("the log's name is not a key name")]
    Name(#[from] KeyError),
    /// A new leaf could not be encoded.
    #[error("a leaf could not be written down")]
    Leaf,
    /// A new detail could not be sealed.
    #[error("a detail could not be sealed")]
    Detail,
    /// A file of the vault was removed, or another one is in its place.
    #[error("{0} is gone, or another file is in its place")]
    Gone(&'static str),
    /// The database ended the transaction by itself; nothing of it was kept.
    #[error("the transaction was ended by the database")]
    Ended,
    /// The control rows could not be sealed, or are not what the vault wrote.
    #[error(transparent)]
    Control(#[from] ControlFault),
    /// The leaves are durable, and the mark that has to follow them is not.
    #[error("the high-water mark could not be written")]
    Mark(#[source] KeyringError),
    /// The signing key could not be derived.
    #[error("the signing key could not be made")]
    Key(#[source] KeyringError),
}

impl BookError {
    /// Whether the keyring is not the one that the log was written with.
    pub(super) fn is_of_keyring(&self) -> bool {
        use ControlFault as Fault;
        matches!(
            self,
            Self::Control(Fault::OldKeyring { .. } | Fault::OtherKeyring | Fault::OtherRoot)
        )
    }

    /// The same because the root got a successor.
    pub(super) fn is_of_root(&self) -> bool {
        matches!(self, Self::Control(ControlFault::OtherRoot))
    }
}

/// Whether it is not known what became of a commit.
pub(super) fn is_uncertain(fault: &BookError) -> bool {
    matches!(fault, BookError::Store(error) if error.fault == StoreFault::Uncertain)
}

/// What a fault of the log is to whoever reads or stages.
pub(super) fn of_store(fault: &BookError) -> StoreError {
    let (at, fault) = match fault {
        BookError::Store(error) | BookError::Control(ControlFault::Store(error)) => return *error,
        fault if fault.is_of_keyring() => ("ledger::keyring", StoreFault::OtherKeyring),
        BookError::NoNode => ("ledger::node", StoreFault::NotANode),
        BookError::Gone(_) => ("ledger::files", StoreFault::CannotOpen),
        BookError::Control(ControlFault::Table(table)) => (*table, StoreFault::Tampered),
        _ => ("checkpoint", StoreFault::Tampered),
    };
    StoreError { at, fault }
}

/// Hashes that a server does not give now are none that somebody changed.
pub(super) fn tree(error: TreeError<StoreError>) -> BookError {
    match error {
        TreeError::Read(error) if error.is_of_server() => BookError::Store(error),
        _ => BookError::Tree,
    }
}
