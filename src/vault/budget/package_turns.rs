//! Only one caller at a time builds the package of a request, and somebody may stop that.
//!
//! Sees identifiers. Another caller of the same package waits on a thread until the build ends.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::domain::RequestId;
use crate::vault::call::receipt::Receipt;

/// Which packages of a vault are being built or handed out.
#[derive(Default)]
pub struct PackageTurns {
    under_way: Mutex<BTreeMap<RequestId, Build>>,
    ended: Condvar,
}

/// One caller's turn to build a package and hand it out. It ends when this is dropped.
pub struct PackageTurn<'t> {
    turns: &'t PackageTurns,
    request: &'t RequestId,
    build: Build,
}

/// A build, as whoever builds sees it. Clones share the same state.
#[derive(Clone)]
pub struct Build(Arc<AtomicU8>);

/// The right to stop a build, once the leaf of that act is durable.
pub struct BuildCancellation(Build);

/// Nothing is being built: there is nothing to stop.
const RESTS: u8 = 0;
const BUILDS: u8 = 1;
const CANCELLED: u8 = 2;

impl PackageTurns {
    /// Waits until nobody else builds the package of `request` or hands it out.
    pub fn enter<'t>(&'t self, request: &'t RequestId) -> PackageTurn<'t> {
        let mut under_way = self
            .ended
            .wait_while(self.under_way(), |all| all.contains_key(request))
            .unwrap_or_else(PoisonError::into_inner);
        let build = Build(Arc::new(AtomicU8::new(RESTS)));
        under_way.insert(request.clone(), build.clone());
        PackageTurn {
            turns: self,
            request,
            build,
        }
    }

    /// Whether somebody builds the package of `request` or hands it out at this moment.
    pub fn is_building(&self, request: &RequestId) -> bool {
        self.under_way().contains_key(request)
    }

    /// What stops the build of a package, if one is under way.
    pub(in crate::vault) fn cancellation(&self, request: &RequestId) -> Option<BuildCancellation> {
        self.under_way()
            .get(request)
            .cloned()
            .map(BuildCancellation)
    }

    /// Stops the build of a package of a case that was destroyed.
    pub(in crate::vault) fn stop(&self, request: &RequestId) {
        if let Some(BuildCancellation(build)) = self.cancellation(request) {
            build.cancel();
        }
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<RequestId, Build>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl PackageTurn<'_> {
    /// The build of this turn.
    pub fn build(&self) -> Build {
        self.build.clone()
    }
}

impl Build {
    /// From now on it can be stopped.
    pub fn begin(&self) {
        self.0.store(BUILDS, Ordering::Release);
    }

    /// Whether somebody stopped it.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire) == CANCELLED
    }

    /// From now on it cannot be stopped. False if somebody has.
    pub fn end(&self) -> bool {
        self.becomes(BUILDS, RESTS)
    }

    fn cancel(&self) -> bool {
        self.becomes(BUILDS, CANCELLED)
    }

    fn becomes(&self, from: u8, to: u8) -> bool {
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        self.0.compare_exchange(from, to, success, failure).is_ok()
    }
}

impl BuildCancellation {
    /// False if there is nothing to stop: it is not begun, or it is built.
    pub fn carry_out(&self, _: &Receipt) -> bool {
        self.0.cancel()
    }
}

impl Drop for PackageTurn<'_> {
    fn drop(&mut self) {
        self.turns.under_way().remove(self.request);
        self.turns.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ExportId, RequestIdOfKind as _};

    #[test]
    fn a_build_is_stopped_between_its_beginning_and_its_end_only() {
        let turns = PackageTurns::default();
        let request = ExportId::from_random([1; 13]).of_any_kind();
        assert!(turns.cancellation(&request).is_none());
        let turn = turns.enter(&request);
        let build = turn.build();
        turns.stop(&request);
        assert!(!build.is_cancelled(), "it had not begun");
        build.begin();
        turns.stop(&request);
        assert!(build.is_cancelled() && !build.end());
        drop(turn);
        assert!(!turns.is_building(&request));
        // The next build is another one.
        let turn = turns.enter(&request);
        let build = turn.build();
        build.begin();
        assert!(!build.is_cancelled() && build.end());
        turns.stop(&request);
        assert!(!build.is_cancelled(), "it was built");
        drop(turn);
    }
}
