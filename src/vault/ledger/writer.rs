//! The queue and the thread that empties it.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::book::Book;
use super::draft::Draft;
use super::health::Health;
use crate::vault::receipt::Receipt;
use crate::vault::refusal::Unaudited;
use crate::vault::store::StoreError;

/// How many acts may wait; more are sent away with 503 and `Retry-After`.
const QUEUE: usize = 1024;
/// How many acts share one commit.
const BATCH: usize = 256;

/// An act that has run inside the transaction: its leaf, and what to do once the
/// transaction has ended one way or the other.
pub(crate) struct Acted {
    pub(crate) draft: Draft,
    pub(crate) done: Done,
}

/// Told once whether the leaf is durable.
pub(super) type Done = Box<dyn FnOnce(Result<Receipt, Unaudited>) + Send>;

/// An act to be run inside the transaction; it is told the position of its leaf.
pub(super) type Act = Box<dyn FnOnce(&Connection, u64) -> Acted + Send>;
/// Rows that prepare an admission and are not visible yet.
type Stage = Box<dyn FnOnce(&Connection) -> Result<(), StoreError> + Send>;

enum Message {
    Act(Act),
    Stage(Stage, SyncSender<Result<(), StageError>>),
    Stop,
}

/// A staging step was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageError {
    Store(StoreError),
    Stopped,
}

/// The handle on the writer; shared by all callers.
pub(crate) struct Ledger {
    queue: SyncSender<Message>,
    health: Arc<Health>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Ledger {
    pub(crate) fn start(book: Book) -> Self {
        let (queue, incoming) = sync_channel(QUEUE);
        let health = Arc::new(Health::default());
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn({
                let health = Arc::clone(&health);
                move || empty(book, &incoming, &health)
            });
        // Without its thread the queue has no receiver, and every call is refused as unaudited.
        Self {
            queue,
            health,
            thread: Mutex::new(thread.ok()),
        }
    }

    pub(crate) fn health(&self) -> &Health {
        &self.health
    }

    /// Hands an act over without waiting for room.
    pub(crate) fn submit(
        &self,
        act: impl FnOnce(&Connection, u64) -> Acted + Send + 'static,
    ) -> Result<(), Unaudited> {
        self.queue
            .try_send(Message::Act(Box::new(act)))
            .map_err(|error| match error {
                TrySendError::Full(_) => Unaudited::Busy,
                TrySendError::Disconnected(_) => Unaudited::Stopped,
            })
    }

    /// What stages rows for an admission.
    pub(crate) fn stager(&self) -> Stager {
        Stager {
            queue: self.queue.clone(),
        }
    }

    /// Lets what is queued end, then ends the thread.
    pub(crate) fn stop(&self) {
        let _ = self.queue.send(Message::Stop);
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

/// Stages rows through the ledger; any number of them work beside each other.
#[derive(Clone)]
pub(crate) struct Stager {
    queue: SyncSender<Message>,
}

impl Stager {
    /// Writes staged rows in a transaction of their own, and waits for it. A full
    /// queue makes the admission wait, not fail.
    pub(crate) fn stage(
        &self,
        step: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StageError> {
        let (back, answer) = sync_channel(1);
        self.queue
            .send(Message::Stage(Box::new(step), back))
            .map_err(|_| StageError::Stopped)?;
        answer.recv().map_err(|_| StageError::Stopped)?
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Turns the health red if the thread ends by a panic: from then on every call is
/// refused, and whoever watches must see it.
struct RedOnPanic<'h>(&'h Health);

impl Drop for RedOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.failed();
        }
    }
}

fn empty(mut book: Book, incoming: &Receiver<Message>, health: &Health) {
    let _watch = RedOnPanic(health);
    let mut next = incoming.recv().ok();
    while let Some(message) = next.take() {
        match message {
            Message::Stop => return,
            Message::Stage(step, back) => {
                let _ = back.send(stage(&book, step));
            }
            Message::Act(first) => {
                let mut acts = vec![first];
                while acts.len() < BATCH {
                    match incoming.try_recv() {
                        Ok(Message::Act(act)) => acts.push(act),
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                    }
                }
                commit(&mut book, acts, health);
            }
        }
        if next.is_none() {
            next = incoming.recv().ok();
        }
    }
}

fn stage(book: &Book, step: Stage) -> Result<(), StageError> {
    book.in_transaction(|connection| step(connection))
        .map_err(StageError::Store)
}

/// Runs the acts and writes their leaves in one transaction; then, and only
/// then, tells everybody.
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
            health.failed();
            tracing::error!(fault = %fault, leaves = count, "leaves could not be made durable");
            for done in finished {
                done(Err(Unaudited::NotDurable));
            }
        }
    }
}
