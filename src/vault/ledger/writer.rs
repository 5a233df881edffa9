//! The ledger's thread, which runs what is in the queue.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::act::{Act, Acted, Stage, StageError};
use super::book::Book;
use super::health::Health;
use super::holds::{Holds, Waiting};
use super::mark::MARK_EVERY;
use super::queue::{Coming, Queue, Work};
use crate::vault::call::caller::Caller;
use crate::vault::call::receipt::Receipt;
use crate::vault::call::refusal::Unaudited;
use crate::vault::store::{GoOn, StoreError, StoreFault, Transaction};

/// The handle on the writer; shared by all callers.
pub(crate) struct Ledger {
    queue: Arc<Queue>,
    health: Arc<Health>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Ledger {
    pub(crate) fn start(book: Book) -> Self {
        let queue = Arc::new(Queue::new(book.has_server()));
        let health = Arc::new(Health::new(book.control(), book.others()));
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn({
                let watch = Watch {
                    queue: Arc::clone(&queue),
                    health: Arc::clone(&health),
                };
                move || empty(book, &watch)
            });
        if thread.is_err() {
            // Without its thread every call is refused as unaudited.
            queue.abandon();
        }
        Self {
            queue,
            health,
            thread: Mutex::new(thread.ok()),
        }
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// How many acts wait for the thread.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Puts an act into the queue. It does not wait; a full queue is an error.
    pub(crate) fn submit(
        &self,
        caller: &Caller,
        act: impl FnOnce(&Transaction, u64) -> Acted + Send + 'static,
    ) -> Result<(), Unaudited> {
        self.queue.put(caller.operator_id().cloned(), Box::new(act))
    }

    /// Says that an act will be submitted in a moment: see [`Coming`].
    pub(crate) fn coming(&self) -> Coming {
        self.queue.coming()
    }

    /// What readers call that find a head of the log which another node moved.
    pub(crate) fn go_on(&self) -> GoOn {
        let queue = Arc::downgrade(&self.queue);
        Arc::new(Holds::default()).go_on(move |waiting| {
            let (back, _) = sync_channel(1);
            let queue = queue.upgrade();
            queue.is_some_and(|queue| queue.put_stage(Stage::GoOn(waiting), back).is_ok())
        })
    }

    /// What stages rows for an admission.
    pub(crate) fn stager(&self) -> Stager {
        Stager {
            queue: Arc::clone(&self.queue),
        }
    }

    /// Waits for the acts in the queue, then ends the thread.
    pub(crate) fn stop(&self) {
        self.queue.close();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Stages rows through the ledger; there may be any number of stagers.
#[derive(Clone)]
pub(crate) struct Stager {
    queue: Arc<Queue>,
}

impl Stager {
    /// Writes staged rows in a transaction of their own, and waits for it.
    pub(crate) fn stage(
        &self,
        step: impl FnOnce(&Transaction) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StageError> {
        self.put(Stage::Rows(Box::new(step)))
    }

    /// Empties the write-ahead log of the database, and waits for it. `Busy` while somebody reads an older state.
    pub(crate) fn empty_log(&self) -> Result<(), StageError> {
        self.put(Stage::EmptyLog)
    }

    /// Writes the high-water mark anew, under the newest key.
    pub(crate) fn mark(&self) -> Result<(), StageError> {
        self.put(Stage::Mark)
    }

    fn put(&self, stage: Stage) -> Result<(), StageError> {
        let (back, answer) = sync_channel(1);
        self.queue.put_stage(stage, back)?;
        answer.recv().map_err(|_| StageError::Stopped)?
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Cleans up when the thread ends, also after a panic.
struct Watch {
    queue: Arc<Queue>,
    health: Arc<Health>,
}

impl Drop for Watch {
    /// After a panic every call is refused, so the health check must fail.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.health.failed();
        }
        self.queue.abandon();
    }
}

fn empty(mut book: Book, watch: &Watch) {
    loop {
        match watch.queue.take(MARK_EVERY) {
            Work::Acts(acts) => commit(&mut book, acts, &watch.health),
            Work::Stage(Stage::GoOn(waiting), _) => go_on(&mut book, waiting, &watch.health),
            Work::Stage(step, back) => {
                let done = stage(&mut book, step);
                if matches!(&done, Err(StageError::Store(error)) if error.fault == StoreFault::NotANode)
                {
                    watch.health.was_struck_off();
                }
                let _ = back.send(done);
            }
            Work::Quiet => mark(&mut book, &watch.health),
            Work::End => return mark(&mut book, &watch.health),
        }
    }
}

/// Writes the high-water mark if the log is above it.
fn mark(book: &mut Book, health: &Health) {
    if let Err(fault) = book.mark_rest() {
        health.failed();
        tracing::error!(fault = %fault, "the high-water mark could not be written");
    }
}

fn stage(book: &mut Book, step: Stage) -> Result<(), StageError> {
    let done = match step {
        Stage::Rows(step) => book.in_transaction(step),
        Stage::EmptyLog => book.empty_log(),
        // What could not be written is said where it is looked for: the mark is still the one of before.
        Stage::Mark => return book.mark().map_err(|_| StageError::Stopped),
        Stage::GoOn(_) => return Err(StageError::Stopped),
    };
    done.map_err(StageError::Store)
}

fn go_on(book: &mut Book, waiting: Waiting, health: &Health) {
    if let Err(fault) = book.go_on(waiting) {
        health.failed_by(&fault);
        match fault.is_of_keyring() {
            // As after each change that another node makes; it asks for the file at once.
            true => {
                tracing::warn!(fault = %fault, "another node changed the keyring, and this one waits for the file");
            }
            false => {
                tracing::error!(fault = %fault, "the log could not be continued where another node left it");
            }
        }
    }
}

/// Runs the acts and writes their leaves in one transaction, and then tells each caller.
fn commit(book: &mut Book, acts: Vec<Act>, health: &Health) {
    let count = acts.len() as u64;
    let mut finished = Vec::with_capacity(acts.len());
    match book.enter(acts, &mut finished) {
        Ok(first) => {
            health.committed(count);
            let checkpoint = book.checkpoint();
            for (leaf, done) in (first..).zip(finished) {
                done(Ok(Receipt::new(leaf, Arc::clone(&checkpoint))));
            }
        }
        Err(fault) => {
            health.failed_by(&fault);
            book.note_failure(&fault);
            tracing::error!(fault = %fault, leaves = count, "leaves could not be made durable");
            for done in finished {
                done(Err(Unaudited::NotDurable));
            }
        }
    }
}
