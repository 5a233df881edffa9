//! What this machine keeps of a vault beside its tables: whether it may be behind them, and for which erasures its
//! packages were deleted.
//!
//! Sealed parts, packages and the erasure lists are here; what another node does to the tables is to be done to them
//! too. `keep_up.rs` does it. A file says how far erasures had come when packages were deleted last, as a count for
//! each case. It is no secret, and without it they are deleted once more.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use super::keyring::replace_file;
use super::paths::Paths;
use crate::domain::CaseId;

pub(in crate::vault) struct KeptHere {
    /// Whether something may be behind the tables.
    due: AtomicBool,
    /// Whether the transaction under way makes something so.
    with_commit: AtomicBool,
    /// How many steps erasures had come to in each case, when its packages were deleted last.
    cleared: Mutex<BTreeMap<String, u64>>,
}

impl KeptHere {
    /// Nothing is known of it yet.
    pub(in crate::vault) fn read(paths: &Paths) -> Self {
        let text = fs::read(paths.cleared()).unwrap_or_default();
        Self {
            due: AtomicBool::new(true),
            with_commit: AtomicBool::new(false),
            cleared: Mutex::new(serde_json::from_slice(&text).unwrap_or_default()),
        }
    }

    /// Something may be behind the tables.
    pub(in crate::vault) fn is_behind(&self) {
        self.due.store(true, Ordering::Release);
    }

    /// The same once the transaction under way has ended. Called on the ledger's thread, as the next one.
    pub(in crate::vault) fn will_be_behind(&self) {
        self.with_commit.store(true, Ordering::Release);
    }

    /// A transaction has ended, one way or the other.
    pub(in crate::vault) fn transaction_ended(&self) {
        if self.with_commit.swap(false, Ordering::AcqRel) {
            self.is_behind();
        }
    }

    /// Whether something may be behind the tables.
    pub(in crate::vault) fn may_be_behind(&self) -> bool {
        self.due.load(Ordering::Acquire)
    }

    /// The same for whoever looks at all of it now.
    pub(in crate::vault) fn begin(&self) -> bool {
        self.due.swap(false, Ordering::AcqRel)
    }

    /// Whether every package of the case that is here was built after erasures had come to this step.
    pub(in crate::vault) fn has_cleared(&self, case: &CaseId, steps: u64) -> bool {
        self.all().get(case.as_str()).copied().unwrap_or_default() >= steps
    }

    /// The packages of a case that were built before were deleted.
    pub(in crate::vault) fn cleared(
        &self,
        paths: &Paths,
        case: &CaseId,
        steps: u64,
    ) -> io::Result<()> {
        let mut all = self.all();
        // Two may be at it at once.
        if all.get(case.as_str()).copied().unwrap_or_default() >= steps {
            return Ok(());
        }
        let mut next = all.clone();
        next.insert(case.to_string(), steps);
        replace_file(&paths.cleared(), &serde_json::to_vec(&next)?)?;
        *all = next;
        Ok(())
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.cleared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cleared_is_known_after_a_restart_and_forgotten_with_a_damaged_file() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::of(folder.path());
        fs::create_dir(paths.data()).unwrap();
        let [one, other] = [1, 2].map(|no| CaseId::from_random([no; 13]));
        let kept = KeptHere::read(&paths);
        assert!(kept.has_cleared(&one, 0) && !kept.has_cleared(&one, 1));
        kept.cleared(&paths, &one, 2).unwrap();
        kept.cleared(&paths, &one, 1).unwrap();
        let kept = KeptHere::read(&paths);
        assert!(kept.has_cleared(&one, 2) && !kept.has_cleared(&one, 3));
        assert!(!kept.has_cleared(&other, 1));
        fs::write(paths.cleared(), "{").unwrap();
        assert!(!KeptHere::read(&paths).has_cleared(&one, 1));
    }

    #[test]
    fn what_a_transaction_changes_is_due_only_once_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptHere::read(&Paths::of(folder.path()));
        assert!(kept.begin() && !kept.begin());
        kept.will_be_behind();
        assert!(!kept.begin());
        kept.transaction_ended();
        assert!(kept.begin());
        kept.transaction_ended();
        assert!(!kept.begin());
    }
}
