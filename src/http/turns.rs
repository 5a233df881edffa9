//! Fair turns: how many requests one operator may have at a time, and how many of them may run in
//! parallel.
//!
//! An operator with hundreds of connections waits for their own requests, and others do not wait
//! for them: no operator can hold all reader threads. Waiting requests get a thread in the order
//! of arrival. This file sees ids of operators only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ProblemKind;
use super::problem::Problem;
use crate::domain::OperatorId;
use crate::vault::Caller;

pub(super) struct Turns {
    /// One permit for each reader thread, for all operators together.
    slots: Arc<Semaphore>,
    /// For files on their way in, which take long: as many again.
    uploads: Arc<Semaphore>,
    of_one: Mutex<HashMap<OperatorId, Arc<OfOne>>>,
    /// The most requests of one operator at a time, running or waiting.
    most: usize,
    /// The most reader threads of one operator at a time.
    at_once: usize,
}

struct OfOne {
    under_way: AtomicUsize,
    slots: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

/// The place of one request; dropping it frees the place.
pub(super) struct Turn {
    turns: Arc<Turns>,
    operator: Option<OperatorId>,
    of_one: Arc<OfOne>,
}

/// A permit for one reader thread; dropping it frees the thread.
pub(super) struct Slot {
    _of_one: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// `readers` is how many snapshots may be read in parallel; `most` is the limit of requests of
    /// one operator.
    pub(super) fn new(readers: usize, most: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(readers)),
            uploads: Arc::new(Semaphore::new(readers)),
            of_one: Mutex::default(),
            most,
            at_once: readers.saturating_sub(2).max(1),
        }
    }

    /// Admits a request, or refuses it if the operator has too many already.
    pub(super) fn enter(self: &Arc<Self>, caller: &Caller) -> Result<Turn, Problem> {
        self.enter_as(caller.operator_id().cloned())
    }

    fn enter_as(self: &Arc<Self>, operator: Option<OperatorId>) -> Result<Turn, Problem> {
        let fresh = || {
            Arc::new(OfOne {
                under_way: AtomicUsize::new(0),
                slots: Arc::new(Semaphore::new(self.at_once)),
                uploads: Arc::new(Semaphore::new(self.at_once)),
            })
        };
        let of_one = match &operator {
            None => fresh(),
            Some(operator) => {
                let mut all = self.of_one.lock().unwrap_or_else(PoisonError::into_inner);
                let of_one = Arc::clone(all.entry(operator.clone()).or_insert_with(fresh));
                if of_one.under_way.load(Ordering::Relaxed) >= self.most {
                    return Err(Problem::new(ProblemKind::Busy).retry_after(1));
                }
                of_one.under_way.fetch_add(1, Ordering::Relaxed);
                of_one
            }
        };
        Ok(Turn {
            turns: Arc::clone(self),
            operator,
            of_one,
        })
    }
}

impl Turn {
    /// Waits for a reader thread.
    pub(super) async fn slot(&self) -> Slot {
        Slot::of(&self.of_one.slots, &self.turns.slots).await
    }

    /// Waits until one more file of this operator may be read.
    pub(super) async fn upload_slot(&self) -> Slot {
        Slot::of(&self.of_one.uploads, &self.turns.uploads).await
    }
}

impl Slot {
    async fn of(one: &Arc<Semaphore>, all: &Arc<Semaphore>) -> Self {
        // They are never closed; if they were, nobody would have to wait.
        let of_one = Arc::clone(one).acquire_owned().await.ok();
        let of_all = Arc::clone(all).acquire_owned().await.ok();
        Self {
            _of_one: of_one,
            _of_all: of_all,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(operator) = &self.operator {
            let all = self.turns.of_one.lock();
            let mut all = all.unwrap_or_else(PoisonError::into_inner);
            if self.of_one.under_way.fetch_sub(1, Ordering::Relaxed) == 1 {
                all.remove(operator);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn operator(no: u8) -> Option<OperatorId> {
        Some(OperatorId::from_random([no; 13]))
    }

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ended) => Some(ended),
            Poll::Pending => None,
        }
    }

    #[test]
    fn an_operator_with_many_requests_leaves_threads_to_others() {
        let turns = Arc::new(Turns::new(4, 100));
        let many: Vec<Turn> = (0..10)
            .map(|_| turns.enter_as(operator(1)).ok().unwrap())
            .collect();
        let held: Vec<Slot> = many.iter().filter_map(|turn| now(turn.slot())).collect();
        assert_eq!(held.len(), 2);
        let other = turns.enter_as(operator(2)).ok().unwrap();
        assert!(now(other.slot()).is_some());
        drop(held);
        assert!(now(many[5].slot()).is_some());
    }

    #[test]
    fn an_operator_with_too_many_requests_is_sent_away_and_others_are_not() {
        let turns = Arc::new(Turns::new(4, 3));
        let mut many: Vec<Turn> = (0..3)
            .map(|_| turns.enter_as(operator(1)).ok().unwrap())
            .collect();
        let problem = turns.enter_as(operator(1)).err().unwrap();
        assert_eq!(problem.kind, ProblemKind::Busy);
        assert_eq!((problem.retry_after, problem.leaf), (Some(1), None));
        assert!(turns.enter_as(operator(2)).is_ok());
        many.pop();
        assert!(turns.enter_as(operator(1)).is_ok());
        many.clear();
        assert!(turns.of_one.lock().unwrap().is_empty());
    }

    #[test]
    fn files_on_their_way_in_take_turns_and_hold_up_nobodys_requests() {
        let turns = Arc::new(Turns::new(4, 100));
        let many: Vec<Turn> = (0..10)
            .map(|_| turns.enter_as(operator(1)).ok().unwrap())
            .collect();
        let mut held: Vec<Slot> = many
            .iter()
            .filter_map(|turn| now(turn.upload_slot()))
            .collect();
        assert_eq!(held.len(), 2, "one operator reads two files at a time");
        // Their own requests go on beside the files.
        assert!(now(many[9].slot()).is_some());
        // So do files of others, up to as many as there are readers.
        let mut others = Vec::new();
        for no in 2..5 {
            let turn = turns.enter_as(operator(no)).ok().unwrap();
            others.push(now(turn.upload_slot()));
        }
        assert_eq!(others.iter().flatten().count(), 2);
        let other = turns.enter_as(operator(9)).ok().unwrap();
        assert!(now(other.slot()).is_some(), "files held up a request");
        assert!(now(other.upload_slot()).is_none());
        // A file that ends makes room for one more.
        held.pop();
        assert!(now(other.upload_slot()).is_some());
        assert!(now(many[5].upload_slot()).is_some());
    }

    #[test]
    fn a_file_that_waits_gets_its_turn_in_the_order_of_arrival() {
        let turns = Arc::new(Turns::new(3, 100));
        let of = |no| turns.enter_as(operator(no)).ok().unwrap();
        let (one, two, three) = (of(1), of(1), of(1));
        let first = now(one.upload_slot()).unwrap();
        let mut second = pin!(two.upload_slot());
        let mut third = pin!(three.upload_slot());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(third.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(third.as_mut().poll(&mut context).is_pending());
        let Poll::Ready(slot) = second.as_mut().poll(&mut context) else {
            panic!("the second file still waits");
        };
        drop(slot);
        assert!(third.as_mut().poll(&mut context).is_ready());
    }
}
