//! The source of the time. Code that needs the time gets it as an argument; only this file reads the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::Moment;

/// A source of the present time.
pub trait Clock: Send + Sync {
    /// The present moment, in whole seconds.
    fn now(&self) -> Moment;
}

/// The machine's clock. It may jump backwards or forwards.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Moment {
        let since = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()),
            Err(before) => i64::try_from(before.duration().as_secs()).map(|seconds| -seconds),
        };
        Moment::from_seconds(since.unwrap_or(i64::MAX))
    }
}

/// A clock that moves only when it is set. Its clones share the same time.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Starts at `moment`.
    pub fn new(moment: Moment) -> Self {
        Self(Arc::new(AtomicI64::new(moment.seconds())))
    }

    /// Moves this clock and all its clones to `moment`, which may be earlier.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.seconds(), Ordering::SeqCst);
    }

    /// Moves this clock and all its clones; a negative number moves them back.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment::from_seconds(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_is_moved_through_any_of_its_clones() {
        let clock = ManualClock::new(Moment::from_seconds(100));
        let shared = clock.clone();
        shared.advance_seconds(5);
        assert_eq!(clock.now(), Moment::from_seconds(105));
        clock.set(Moment::from_seconds(7));
        assert_eq!(shared.now(), Moment::from_seconds(7));
    }

    #[test]
    fn the_system_clock_stands_after_the_incident() {
        assert!(SystemClock.now() > Moment::from_seconds(1_711_929_600));
    }
}
