//! Acts and staging steps that wait for the ledger's thread.
//!
//! Every operator has a lane of their own, and a commit takes one act from each lane in turn, so an
//! operator who sends hundreds of acts at once delays only themselves. The room is bounded; an act
//! that finds none is refused at once and can be sent again later. An empty lane always accepts an
//! act, so that a flood does not keep others out. Commits of acts and staging steps take turns, so
//! that neither waits forever for the other.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::act::{Act, Stage, StageError, Staged};
use crate::domain::OperatorId;
use crate::vault::call::refusal::Unaudited;

/// How many acts may wait; more are sent away with 503 and `Retry-After`.
const ROOM: usize = 1024;
/// How many of them may be of one operator.
const ROOM_OF_ONE: usize = 512;
/// How many operators without any may still come when all room is taken.
const ROOM_BEYOND: usize = 1024;
/// How many acts share one commit.
const BATCH: usize = 256;

/// How long a commit waits for acts that will come in a moment, where a server has the tables: there a commit is many
/// messages to and fro, however many acts it is of.
const COMPANY: Duration = Duration::from_millis(4);

/// Whose acts wait behind each other: an operator's, or those of nobody signed in.
pub(super) type Lane = Option<OperatorId>;

/// What the thread does next.
pub(super) enum Work {
    Acts(Vec<Act>),
    Stage(Stage, Staged),
    /// Nothing came for a while.
    Quiet,
    /// Nothing waits, and nothing more will come.
    End,
}

#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Queued>,
    work: Condvar,
    /// Whether commits wait for company.
    waits: bool,
}

/// An act that will come in a moment. Drop it once the act is in the queue, or will not come.
pub(crate) struct Coming(Arc<Queue>);

impl Drop for Coming {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.coming -= 1;
        if waiting.coming == 0 && waiting.awaits {
            self.0.work.notify_one();
        }
    }
}

#[derive(Default)]
struct Queued {
    /// How many acts will come in a moment.
    coming: usize,
    /// Whether the thread waits for them.
    awaits: bool,
    lanes: HashMap<Lane, VecDeque<Act>>,
    /// Lanes that are not empty, the next one first.
    turns: VecDeque<Lane>,
    acts: usize,
    stages: VecDeque<(Stage, Staged)>,
    /// Whether the last work was a commit of acts.
    acts_were_last: bool,
    /// Whether the thread sleeps.
    idle: bool,
    closed: bool,
}

impl Queue {
    /// Commits wait a moment for acts that are coming if a server has the tables.
    pub(super) fn new(has_server: bool) -> Self {
        Self {
            waits: has_server,
            ..Self::default()
        }
    }

    /// Says that an act will come in a moment.
    pub(super) fn coming(self: &Arc<Self>) -> Coming {
        self.waiting().coming += 1;
        Coming(Arc::clone(self))
    }

    /// Puts an act into its lane without waiting for room.
    pub(super) fn put(&self, lane: Lane, act: Act) -> Result<(), Unaudited> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(Unaudited::Stopped);
        }
        let of_one = waiting.lanes.get(&lane).map_or(0, VecDeque::len);
        let room = match of_one {
            0 => ROOM + ROOM_BEYOND,
            _ => ROOM,
        };
        if of_one >= ROOM_OF_ONE || waiting.acts >= room {
            return Err(Unaudited::Busy);
        }
        if of_one == 0 {
            waiting.turns.push_back(lane.clone());
        }
        waiting.lanes.entry(lane).or_default().push_back(act);
        waiting.acts += 1;
        self.wake(waiting);
        Ok(())
    }

    pub(super) fn put_stage(&self, stage: Stage, back: Staged) -> Result<(), StageError> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(StageError::Stopped);
        }
        waiting.stages.push_back((stage, back));
        self.wake(waiting);
        Ok(())
    }

    /// Waits for work, but not for longer than `quiet`.
    pub(super) fn take(&self, quiet: Duration) -> Work {
        let mut waiting = self.waiting();
        let mut since = None;
        loop {
            let stage_next = waiting.acts_were_last || waiting.acts == 0;
            if stage_next && let Some((stage, back)) = waiting.stages.pop_front() {
                waiting.acts_were_last = false;
                return Work::Stage(stage, back);
            }
            if waiting.acts > 0 {
                let waited = since.get_or_insert_with(Instant::now).elapsed();
                if let Some(left) = COMPANY
                    .checked_sub(waited)
                    .filter(|_| self.expects(&waiting))
                {
                    waiting.awaits = true;
                    let woken = self.work.wait_timeout(waiting, left);
                    waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
                    waiting.awaits = false;
                    continue;
                }
                waiting.acts_were_last = true;
                return Work::Acts(waiting.take_turns());
            }
            if waiting.closed {
                return Work::End;
            }
            waiting.idle = true;
            let (after, timeout) = self
                .work
                .wait_timeout(waiting, quiet)
                .unwrap_or_else(PoisonError::into_inner);
            waiting = after;
            waiting.idle = false;
            if timeout.timed_out() && waiting.acts == 0 && waiting.stages.is_empty() {
                return Work::Quiet;
            }
        }
    }

    /// Whether a commit of what waits should wait for more.
    fn expects(&self, waiting: &Queued) -> bool {
        self.waits && waiting.coming > 0 && waiting.acts < BATCH && !waiting.closed
    }

    /// How many acts wait.
    pub(super) fn len(&self) -> usize {
        self.waiting().acts
    }

    /// Nothing more is taken in; what waits is still handed out.
    pub(super) fn close(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        self.work.notify_all();
    }

    /// Releases all waiting callers, because the ledger's thread has ended.
    pub(super) fn abandon(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        let dropped = std::mem::take(&mut *waiting);
        waiting.closed = true;
        drop(waiting);
        drop(dropped);
    }

    fn wake(&self, waiting: MutexGuard<'_, Queued>) {
        let idle = waiting.idle;
        drop(waiting);
        if idle {
            self.work.notify_one();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Queued> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queued {
    /// One act of each lane, round and round, up to a batch.
    fn take_turns(&mut self) -> Vec<Act> {
        let mut acts = Vec::with_capacity(self.acts.min(BATCH));
        while acts.len() < BATCH
            && let Some(lane) = self.turns.pop_front()
        {
            let Some(waiting) = self.lanes.get_mut(&lane) else {
                continue;
            };
            acts.extend(waiting.pop_front());
            if waiting.is_empty() {
                self.lanes.remove(&lane);
            } else {
                self.turns.push_back(lane);
            }
        }
        self.acts -= acts.len();
        acts
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    /// An act that is only ever counted.
    fn no_act() -> Act {
        Box::new(|_, _| panic!("it was run"))
    }

    fn operator(no: u8) -> Lane {
        Some(OperatorId::from_random([no; 13]))
    }

    fn lanes(queue: &Queue) -> Vec<(usize, usize)> {
        let waiting = queue.waiting();
        let mut all: Vec<_> = (1..=3)
            .map(|no| waiting.lanes.get(&operator(no)).map_or(0, VecDeque::len))
            .enumerate()
            .collect();
        all.retain(|(_, waits)| *waits > 0);
        all
    }

    #[test]
    fn a_batch_takes_one_of_each_operator_in_turn() {
        let queue = Queue::default();
        for _ in 0..300 {
            queue.put(operator(1), no_act()).unwrap();
        }
        for _ in 0..10 {
            queue.put(operator(2), no_act()).unwrap();
        }
        queue.put(operator(3), no_act()).unwrap();
        assert_eq!(lanes(&queue), [(0, 300), (1, 10), (2, 1)]);
        let Work::Acts(acts) = queue.take(Duration::from_secs(9)) else {
            panic!("no acts");
        };
        assert_eq!(acts.len(), BATCH);
        // All of the small ones went in the first commit.
        assert_eq!(lanes(&queue), [(0, 311 - BATCH)]);
    }

    #[test]
    fn one_operator_fills_their_own_room_and_another_still_comes_in() {
        let queue = Queue::default();
        for _ in 0..ROOM_OF_ONE {
            queue.put(operator(1), no_act()).unwrap();
        }
        assert_eq!(queue.put(operator(1), no_act()), Err(Unaudited::Busy));
        for _ in 0..ROOM - ROOM_OF_ONE {
            queue.put(operator(2), no_act()).unwrap();
        }
        assert_eq!(queue.put(operator(2), no_act()), Err(Unaudited::Busy));
        queue.put(operator(3), no_act()).unwrap();
        assert_eq!(queue.put(operator(3), no_act()), Err(Unaudited::Busy));
        assert_eq!(queue.len(), ROOM + 1);
    }

    #[test]
    fn acts_and_staging_take_turns() {
        let queue = Queue::default();
        let (back, _answer) = sync_channel(9);
        for _ in 0..3 {
            let step = Stage::Rows(Box::new(|_| Ok(())));
            queue.put_stage(step, back.clone()).unwrap();
        }
        for _ in 0..2 * BATCH + 1 {
            let _ = queue.put(operator(1), no_act());
            let _ = queue.put(operator(2), no_act());
        }
        let order: Vec<bool> = (0..6)
            .map(|_| matches!(queue.take(Duration::from_secs(9)), Work::Acts(_)))
            .collect();
        assert_eq!(order, [true, false, true, false, true, false]);
    }

    #[test]
    fn what_waits_is_handed_out_before_the_end_and_nothing_more_comes() {
        let queue = Queue::default();
        queue.put(operator(1), no_act()).unwrap();
        queue.close();
        assert_eq!(queue.put(operator(1), no_act()), Err(Unaudited::Stopped));
        assert!(matches!(queue.take(Duration::from_secs(9)), Work::Acts(_)));
        assert!(matches!(queue.take(Duration::from_secs(9)), Work::End));
        queue.abandon();
        assert_eq!(queue.put(None, no_act()), Err(Unaudited::Stopped));
    }

    #[test]
    fn a_commit_waits_for_acts_that_are_coming_and_not_for_long() {
        let queue = Arc::new(Queue::new(true));
        let taken = |queue: &Queue| match queue.take(Duration::from_secs(9)) {
            Work::Acts(acts) => acts.len(),
            _ => 0,
        };
        // The one that comes never does.
        let coming = queue.coming();
        queue.put(operator(1), no_act()).unwrap();
        let begun = Instant::now();
        assert_eq!(taken(&queue), 1);
        assert!(begun.elapsed() >= COMPANY);
        drop(coming);
        // One that comes while the thread waits is in the same commit. On a busy machine it may come too late.
        let together = (0..100).any(|_| {
            let coming = queue.coming();
            queue.put(operator(1), no_act()).unwrap();
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    queue.put(operator(2), no_act()).unwrap();
                    drop(coming);
                });
                let first = taken(&queue);
                let rest = if first == 1 { taken(&queue) } else { 0 };
                assert_eq!(first + rest, 2);
                first == 2
            })
        });
        assert!(together);
        // Nobody is waited for who gave up, nor with a file.
        drop(queue.coming());
        queue.put(operator(1), no_act()).unwrap();
        assert_eq!(taken(&queue), 1);
        assert_eq!(queue.waiting().coming, 0);
        let alone = Arc::new(Queue::default());
        let _coming = alone.coming();
        assert!(!alone.expects(&alone.waiting()));
    }
}
