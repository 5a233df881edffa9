//! The thread that speaks with the server, for threads that wait for it.
//!
//! Whoever reads or writes rows is a thread that blocks, as with a file. Such a thread may belong to a runtime of its
//! own, so nothing here enters one: the connection is a task of the driver's runtime, and a waiting thread sleeps until
//! the task wakes it.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};

/// How long an answer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Drives connections as long as it lives.
pub(super) struct Driver(Option<Runtime>);

impl Driver {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("database")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    pub(super) fn handle(&self) -> io::Result<&Handle> {
        let runtime = self.0.as_ref();
        runtime
            .map(Runtime::handle)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Driver {
    /// Does not wait for its thread, because whoever drops it may be in a runtime of another kind.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for something, but not longer than until then; `None` if it did not come.
pub(super) fn wait<F: Future>(future: F, until: Instant) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return Some(done);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_waits_until_the_task_wakes_it_or_its_time_is_up() {
        let driver = Driver::start().unwrap();
        let handle = driver.handle().unwrap();
        let soon = || Instant::now() + Duration::from_secs(20);
        let task = handle.spawn(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            7
        });
        assert_eq!(wait(task, soon()).unwrap().unwrap(), 7);
        let never = std::future::pending::<()>();
        assert_eq!(
            wait(never, Instant::now() + Duration::from_millis(20)),
            None
        );
        // Also a thread that belongs to a runtime.
        let other = Driver::start().unwrap();
        let task = other.handle().unwrap().spawn(async move {
            let task = driver.handle().unwrap().spawn(async { 8 });
            wait(task, Instant::now() + Duration::from_secs(20))
        });
        assert_eq!(wait(task, soon()).unwrap().unwrap().unwrap().unwrap(), 8);
    }
}
