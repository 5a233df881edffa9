//! How far the rotations of case keys and of the root are, in memory: for the status of the keyring, the console and
//! metrics.
//!
//! Which are under way is in the keyring: those of which it has two keys or more. Here is only how much was done of
//! each, and whether a fault is in the way; whoever seals the parts again (`vault/rotate/`) says so. A start begins
//! with nothing and knows more as soon as the work goes on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::domain::CaseId;

/// How far the rotation of one case's key is, or of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationProgress {
    /// The case; none for the root.
    pub case: Option<CaseId>,
    /// How many bytes there are to be sealed again; `None` until they were counted after a start.
    pub bytes: Option<u64>,
    /// How many of them are under the new key.
    pub done: u64,
    /// How many a second, since the work went on; `None` while that cannot be told.
    pub bytes_per_second: Option<u64>,
    /// Whether a fault kept the work from going on the last time. It is tried again.
    pub held_up: bool,
}

/// All of them, as they come and go.
pub(in crate::vault) struct Rotations {
    /// By the case; that of the root has none.
    all: Mutex<BTreeMap<Option<CaseId>, Rotating>>,
    /// Held by whoever writes parts of exhibits anew: a rotation or an erasure.
    rewrites: Mutex<()>,
    /// How many erasures wait for that.
    erasures_wait: AtomicUsize,
    /// How many steps may still be left.
    steps: AtomicU64,
}

impl Default for Rotations {
    fn default() -> Self {
        Self {
            all: Mutex::default(),
            rewrites: Mutex::default(),
            erasures_wait: AtomicUsize::new(0),
            steps: AtomicU64::new(u64::MAX),
        }
    }
}

#[derive(Default)]
struct Rotating {
    bytes: Option<u64>,
    done: u64,
    /// When the work went on last, and what was done then. For the speed only; not a time of day.
    since: Option<(Instant, u64)>,
    held_up: bool,
}

impl Rotations {
    /// The turn of a rotation to write parts of exhibits anew. It gives the turn back when an erasure waits.
    pub(in crate::vault) fn turn(&self) -> MutexGuard<'_, ()> {
        self.rewrites.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for an erasure, which comes first.
    pub(in crate::vault) fn turn_of_erasure(&self) -> MutexGuard<'_, ()> {
        self.erasures_wait.fetch_add(1, Ordering::AcqRel);
        let turn = self.turn();
        self.erasures_wait.fetch_sub(1, Ordering::AcqRel);
        turn
    }

    /// Whether a rotation may take one more step: no erasure waits for its turn, and as many steps were wanted.
    pub(in crate::vault) fn may_go_on(&self) -> bool {
        let left = self.steps.load(Ordering::Acquire);
        let wanted = left > 0;
        if wanted && left != u64::MAX {
            self.steps.store(left - 1, Ordering::Release);
        }
        wanted && !self.erasure_waits()
    }

    /// Whether an erasure waits for its turn.
    pub(in crate::vault) fn erasure_waits(&self) -> bool {
        self.erasures_wait.load(Ordering::Acquire) > 0
    }

    /// How many steps are wanted from here on.
    pub(in crate::vault) fn allow(&self, steps: u64) {
        self.steps.store(steps, Ordering::Release);
    }

    /// The work on a case goes on: so much there is in all, and so much of it is done.
    pub(in crate::vault) fn goes_on(&self, case: Option<&CaseId>, bytes: u64, done: u64) {
        let rotating = Rotating {
            bytes: Some(bytes.max(done)),
            done,
            since: Some((Instant::now(), done)),
            held_up: false,
        };
        self.all().insert(case.cloned(), rotating);
    }

    /// More is under the new key.
    pub(in crate::vault) fn did(&self, case: Option<&CaseId>, bytes: u64) {
        if let Some(rotating) = self.all().get_mut(&case.cloned()) {
            rotating.done = rotating.done.saturating_add(bytes);
            // Records came to the case meanwhile.
            let all = rotating.bytes.unwrap_or_default().max(rotating.done);
            rotating.bytes = Some(all);
        }
    }

    /// A fault is in the way.
    pub(in crate::vault) fn failed(&self, case: Option<&CaseId>) {
        let mut all = self.all();
        let rotating = all.entry(case.cloned()).or_default();
        rotating.held_up = true;
        rotating.since = None;
    }

    pub(in crate::vault) fn ended(&self, case: Option<&CaseId>) {
        self.all().remove(&case.cloned());
    }

    /// How far the rotation of this case or of the root is, which the keyring says is under way.
    pub(in crate::vault) fn progress(&self, case: Option<CaseId>) -> RotationProgress {
        let all = self.all();
        let Some(rotating) = all.get(&case) else {
            return RotationProgress {
                case,
                bytes: None,
                done: 0,
                bytes_per_second: None,
                held_up: false,
            };
        };
        let speed = rotating.since.and_then(|(since, done)| {
            let millis = u64::try_from(since.elapsed().as_millis()).ok()?;
            let bytes = rotating.done.saturating_sub(done);
            bytes.saturating_mul(1000).checked_div(millis)
        });
        RotationProgress {
            bytes: rotating.bytes,
            done: rotating.done,
            bytes_per_second: speed.filter(|speed| *speed > 0),
            held_up: rotating.held_up,
            case,
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Option<CaseId>, Rotating>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_counts_what_was_done_and_never_more_than_there_is() {
        let (rotations, case) = (Rotations::default(), CaseId::from_random([1; 13]));
        let case = Some(&case);
        let progress = || rotations.progress(case.cloned());
        assert_eq!((progress().bytes, progress().done), (None, 0));
        rotations.did(case, 5);
        assert_eq!(progress().done, 0, "nothing goes on yet");
        rotations.goes_on(case, 100, 10);
        rotations.did(case, 30);
        assert_eq!((progress().bytes, progress().done), (Some(100), 40));
        rotations.did(case, 90);
        assert_eq!((progress().bytes, progress().done), (Some(130), 130));
        rotations.failed(case);
        assert!(progress().held_up && progress().bytes_per_second.is_none());
        rotations.goes_on(case, 130, 130);
        assert!(!progress().held_up);
        rotations.goes_on(None, 7, 3);
        rotations.ended(case);
        assert_eq!(progress().bytes, None);
        assert_eq!(rotations.progress(None).bytes, Some(7));
    }
}
