//! An open vault.
//!
//! It holds the keys (in [`Core`]), the ledger and the lock on the directory. Only `start` makes one.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::vault::core::Core;
use crate::vault::ledger::Ledger;
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
