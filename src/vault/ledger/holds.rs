//! Readers that wait until the ledger has gone on from where another node left the log.
//!
//! A reader that finds a head that this process does not know takes another snapshot while the ledger has the lock of
//! the head: then nobody moves it in between, however busy the other nodes are. All that wait share one lock.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::vault::store::{GoOn, StoreError, StoreFault};

/// For how long the ledger waits for readers. Whoever comes later may find another head, and tries again.
const WAITS: Duration = Duration::from_secs(1);

/// One reader.
struct Hold {
    reached: SyncSender<Result<(), StoreError>>,
    begun: Receiver<()>,
}

/// Those who wait.
#[derive(Default)]
pub(super) struct Holds(Mutex<Vec<Hold>>);

impl Holds {
    /// What readers go on with. `tell` hands the ledger what it has to do, if it can.
    pub(super) fn go_on(
        self: Arc<Self>,
        tell: impl Fn(Waiting) -> bool + Send + Sync + 'static,
    ) -> GoOn {
        Box::new(move |begin| {
            let stopped = StoreError {
                at: "ledger::go_on",
                fault: StoreFault::Stopped,
            };
            let (reached, waits) = sync_channel(1);
            let (has_begun, begun) = sync_channel(1);
            if self.put(Hold { reached, begun }) && !tell(Waiting(Some(Arc::clone(&self)))) {
                return Err(stopped);
            }
            waits.recv().map_err(|_| stopped)??;
            let begun = begin();
            // Nobody waits any more if it took too long.
            let _ = has_begun.send(());
            begun
        })
    }

    /// Says whether it is the first, so that the ledger has to be told.
    fn put(&self, hold: Hold) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(hold);
        all.len() == 1
    }

    fn take(&self) -> Vec<Hold> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut all)
    }
}

/// Work for the ledger. If it is dropped undone, those who wait are told.
pub(super) struct Waiting(Option<Arc<Holds>>);

impl Waiting {
    /// Tells all that wait that the ledger is there, or why not, and waits for them.
    pub(super) fn end(mut self, gone_on: Result<(), StoreError>) {
        let holds = self.0.take();
        let holds = holds.map(|holds| holds.take()).unwrap_or_default();
        for hold in &holds {
            let _ = hold.reached.send(gone_on);
        }
        if gone_on.is_err() {
            return;
        }
        let until = Instant::now() + WAITS;
        for hold in holds {
            let left = until.saturating_duration_since(Instant::now());
            let _ = hold.begun.recv_timeout(left);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(holds) = self.0.take() {
            drop(holds.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_that_wait_begin_while_the_ledger_is_there_and_none_waits_for_a_ledger_that_ended() {
        let holds = Arc::new(Holds::default());
        let (put, told) = sync_channel(1);
        let go_on = Arc::clone(&holds).go_on(move |waiting| put.send(waiting).is_ok());
        let count = || holds.0.lock().unwrap().len();
        thread::scope(|scope| {
            let readers: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| go_on(&mut || Ok(()))))
                .collect();
            let waiting: Waiting = told.recv().unwrap();
            while count() < 3 {
                thread::yield_now();
            }
            waiting.end(Ok(()));
            for reader in readers {
                assert_eq!(reader.join().unwrap(), Ok(()));
            }
        });
        let refused = thread::scope(|scope| {
            let reader = scope.spawn(|| go_on(&mut || panic!("there was no lock")));
            drop(told.recv().unwrap());
            reader.join().unwrap()
        });
        assert_eq!(refused.unwrap_err().fault, StoreFault::Stopped);
        drop(told);
        let closed = go_on(&mut || panic!("there was no lock"));
        assert_eq!(closed.unwrap_err().fault, StoreFault::Stopped);
        assert_eq!(count(), 0);
    }
}
