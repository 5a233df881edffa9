//! What this process knows of the other nodes of its vault, in memory.
//!
//! Their list is of control rows that were verified: whoever writes the database adds nobody to it. What they may ask
//! of this node is here too, so that it answers them while it can neither read nor write. Sees no keys.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::keyring::NamedKeyring;
use super::store::node_rows::NodeRow;
use super::this_node::runs;
use crate::domain::{CaseId, Moment, NodeId};

/// Another node, which others can ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct OtherNode {
    pub(in crate::vault) id: NodeId,
    /// What people call it.
    pub(in crate::vault) name: String,
    /// SHA-256 of its public key; empty if it is asked by nobody.
    pub(in crate::vault) key: Vec<u8>,
    pub(in crate::vault) address: String,
    /// Whether it said lately that it runs.
    pub(in crate::vault) runs: bool,
}

impl OtherNode {
    /// Whether it can be asked.
    pub(in crate::vault) fn can_be_asked(&self) -> bool {
        !self.key.is_empty() && !self.address.is_empty()
    }
}

/// The keyring that the head of the log names, where this node has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::vault) struct WantedKeyring {
    pub(in crate::vault) named: NamedKeyring,
    /// The cases that are not destroyed by that log: none of their keys may be lost.
    pub(in crate::vault) cases: BTreeSet<CaseId>,
}

/// The other nodes.
#[derive(Debug)]
pub(in crate::vault) struct OtherNodes {
    known: RwLock<Vec<OtherNode>>,
    /// The newest checkpoint that this node wrote or verified.
    checkpoint: RwLock<Arc<str>>,
    /// Whether another node has a log that does not continue in this one's.
    forked: AtomicBool,
    /// Those that run and did not answer the last time.
    silent: Mutex<BTreeSet<NodeId>>,
    wanted: Mutex<Option<WantedKeyring>>,
    due: Mutex<bool>,
    woken: Condvar,
}

impl Default for OtherNodes {
    fn default() -> Self {
        Self {
            known: RwLock::default(),
            checkpoint: RwLock::new(Arc::from("")),
            forked: AtomicBool::new(false),
            silent: Mutex::default(),
            wanted: Mutex::default(),
            due: Mutex::new(false),
            woken: Condvar::new(),
        }
    }
}

impl OtherNodes {
    /// The vault has these nodes, of which `own` is this one.
    pub(in crate::vault) fn are(&self, rows: Vec<NodeRow>, own: Option<&NodeId>, now: Moment) {
        let others = rows.into_iter().filter(|row| Some(&row.id) != own);
        let others = others.map(|row| OtherNode {
            runs: runs(&row, now),
            id: row.id,
            name: row.name,
            key: row.key,
            address: row.address,
        });
        let others = others.collect();
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = others;
    }

    /// This one is struck off.
    pub(in crate::vault) fn forget(&self, id: &NodeId) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|one| one.id != *id);
    }

    pub(in crate::vault) fn list(&self) -> Vec<OtherNode> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// Whether a node has the key of this SHA-256.
    pub(in crate::vault) fn has_key(&self, print: &[u8; 32]) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|one| one.key == print)
    }

    /// The newest checkpoint is this one.
    pub(in crate::vault) fn has_checkpoint(&self, note: &Arc<str>) {
        let mut known = self
            .checkpoint
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Arc::clone(note);
    }

    /// The newest checkpoint that this node knows.
    pub(in crate::vault) fn checkpoint(&self) -> Arc<str> {
        let known = self.checkpoint.read();
        Arc::clone(&known.unwrap_or_else(PoisonError::into_inner))
    }

    /// Another node has another log. It stays so until the next start.
    pub(in crate::vault) fn found_fork(&self) {
        self.forked.store(true, Ordering::Release);
    }

    pub(in crate::vault) fn is_forked(&self) -> bool {
        self.forked.load(Ordering::Acquire)
    }

    /// These run and did not answer.
    pub(in crate::vault) fn were_silent(&self, nodes: BTreeSet<NodeId>) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }

    /// Those that run and did not answer the last time.
    pub(in crate::vault) fn silent(&self) -> BTreeSet<NodeId> {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.clone()
    }

    /// This node needs that keyring, or none but its own.
    pub(in crate::vault) fn wants(&self, keyring: Option<WantedKeyring>) {
        let is_wanted = keyring.is_some();
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = is_wanted && *wanted != keyring;
        *wanted = keyring;
        drop(wanted);
        if is_news {
            self.wake();
        }
    }

    /// The keyring that this node needs, if it has another one.
    pub(in crate::vault) fn wanted(&self) -> Option<WantedKeyring> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.clone()
    }

    /// Whoever waits in [`Self::wait`] has something to do.
    pub(in crate::vault) fn wake(&self) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }

    /// Waits until there is something to do, and no longer than that.
    pub(in crate::vault) fn wait(&self, longest: Duration) {
        let due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.woken.wait_timeout_while(due, longest, |due| !*due);
        let (mut due, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *due = false;
    }
}
