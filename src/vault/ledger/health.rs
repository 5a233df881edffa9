//! Whether leaves can be made durable at this moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Green until a commit fails, green again as soon as one succeeds.
#[derive(Debug, Default)]
pub struct Health {
    red: AtomicBool,
    commits: AtomicU64,
    leaves: AtomicU64,
    failures: AtomicU64,
}

impl Health {
    /// Whether the newest commit succeeded; true before the first one.
    pub fn is_green(&self) -> bool {
        !self.red.load(Ordering::Acquire)
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
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.leaves.fetch_add(leaves, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.red.store(true, Ordering::Release);
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}
