//! An open vault.
//!
//! It holds the keys (in [`Core`]), the ledger and the lock on the directory. Only `start` makes one.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::vault::core::Core;
use crate::vault::ledger::{Ledger, StageError};
use crate::vault::lock::VaultLock;
use crate::vault::peers::Peers;

/// An open vault. It can be shared by any number of threads.
pub struct Vault {
    /// What speaks to other nodes, where they ask this one.
    pub(in crate::vault) peers: Option<Peers>,
    pub(in crate::vault) core: Arc<Core>,
    pub(in crate::vault) ledger: Ledger,
    /// Whether the newest leaf about the clock says that it jumped.
    pub(in crate::vault) noted_clock: AtomicBool,
    /// Keeps other processes from opening the directory.
    pub(in crate::vault) _lock: VaultLock,
}

impl Vault {
    /// Empties the write-ahead log of a file; `Busy` while somebody reads an older state. A server frees what was
    /// overwritten in its tables, for as long as that takes, on a connection of its own: nobody's commit waits for it.
    pub(in crate::vault) fn empty_log(&self) -> Result<(), StageError> {
        match self.core.has_server {
            true => self.core.readers.vacuum().map_err(StageError::Store),
            false => self.ledger.stager().empty_log(),
        }
    }
}
