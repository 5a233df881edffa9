//! Whether leaves can be made durable at this moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::fault::BookError;
use crate::vault::other_nodes::OtherNodes;
use crate::vault::store::ControlState;

/// Green until a commit fails, green again as soon as one succeeds. Red for good once a row or
/// a sealed part was not what the vault wrote.
#[derive(Debug)]
pub struct Health {
    red: AtomicBool,
    /// The generation that the log names is another one; and whether its root is.
    lacks_keyring: AtomicBool,
    lacks_root: AtomicBool,
    is_no_node: AtomicBool,
    commits: AtomicU64,
    leaves: AtomicU64,
    failures: AtomicU64,
    control: Arc<ControlState>,
    others: Arc<OtherNodes>,
}

impl Health {
    pub(super) fn new(control: Arc<ControlState>, others: Arc<OtherNodes>) -> Self {
        Self {
            red: AtomicBool::default(),
            lacks_keyring: AtomicBool::default(),
            lacks_root: AtomicBool::default(),
            is_no_node: AtomicBool::default(),
            commits: AtomicU64::default(),
            leaves: AtomicU64::default(),
            failures: AtomicU64::default(),
            control,
            others,
        }
    }

    /// Whether the newest commit succeeded (true before the first one) and no foreign write was found.
    pub fn is_green(&self) -> bool {
        !self.red.load(Ordering::Acquire) && self.damage().is_none()
    }

    /// Whether another node changed the keyring, and this one waits for the new file.
    pub fn waits_for_keyring(&self) -> bool {
        self.lacks_keyring.load(Ordering::Acquire)
    }

    /// The same where the new file has another root, so that no node can take it: somebody has to bring it.
    pub fn waits_for_root(&self) -> bool {
        self.lacks_root.load(Ordering::Acquire)
    }

    /// Whether this process is no node of the vault any more. It stays so until the next start.
    pub fn is_no_node(&self) -> bool {
        self.is_no_node.load(Ordering::Acquire)
    }

    /// Whether another node of the vault was found to have another log. It stays so until the next start.
    pub fn is_forked(&self) -> bool {
        self.others.is_forked()
    }

    /// How many nodes that run could not be compared with the last time.
    pub fn silent_nodes(&self) -> usize {
        self.others.silent().len()
    }

    /// The table in which somebody else wrote, or the kind of a sealed part that is damaged, if that was found.
    pub fn damage(&self) -> Option<&'static str> {
        self.control.damage().or_else(|| self.control.any_spoilt())
    }

    /// Commits, leaves in them, and commits that failed, since the start.
    pub fn counts(&self) -> (u64, u64, u64) {
        (
            self.commits.load(Ordering::Relaxed),
            self.leaves.load(Ordering::Relaxed),
            self.failures.load(Ordering::Relaxed),
        )
    }

    pub(super) fn committed(&self, leaves: u64) {
        self.red.store(false, Ordering::Release);
        for of_before in [&self.lacks_keyring, &self.lacks_root] {
            of_before.store(false, Ordering::Release);
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.leaves.fetch_add(leaves, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.red.store(true, Ordering::Release);
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// The same with what somebody has to do about it.
    pub(super) fn failed_by(&self, fault: &BookError) {
        self.failed();
        let of_keyring = fault.is_of_keyring();
        self.lacks_keyring.store(of_keyring, Ordering::Release);
        self.lacks_root
            .store(of_keyring && fault.is_of_root(), Ordering::Release);
        if matches!(fault, BookError::NoNode) {
            self.was_struck_off();
        }
    }

    /// Nothing is written any more.
    pub(super) fn was_struck_off(&self) {
        self.red.store(true, Ordering::Release);
        self.is_no_node.store(true, Ordering::Release);
    }
}
