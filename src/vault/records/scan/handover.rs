//! Hands blocks over from the thread that reads them to the threads that open them.
//!
//! The queue is bounded: if it is full, the reading thread opens the block itself. Sees sealed blocks, and used
//! buffers, which are wiped on drop.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::sealed_columns::{HandedOver, SealedBlock};
use crate::vault::error::OperationError;

pub(super) struct Handover<'r> {
    waiting: Mutex<WaitingBlocks<'r>>,
    more: Condvar,
    most: usize,
}

struct WaitingBlocks<'r> {
    blocks: VecDeque<SealedBlock<'r>>,
    closed: bool,
}

/// Ends the handover on drop.
pub(super) struct Closing<'h, 'r>(pub(super) &'h Handover<'r>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.more.notify_all();
    }
}

impl<'r> Handover<'r> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            waiting: Mutex::new(WaitingBlocks {
                blocks: VecDeque::new(),
                closed: false,
            }),
            more: Condvar::new(),
            most,
        }
    }

    /// Answers the block again if there is no room.
    pub(super) fn offer(&self, block: SealedBlock<'r>) -> Option<SealedBlock<'r>> {
        let mut waiting = self.lock();
        if waiting.blocks.len() >= self.most {
            return Some(block);
        }
        waiting.blocks.push_back(block);
        drop(waiting);
        self.more.notify_one();
        None
    }

    /// Waits for the next block; `None` if no more will come.
    pub(super) fn take(&self) -> Option<SealedBlock<'r>> {
        let mut waiting = self.lock();
        loop {
            match waiting.blocks.pop_front() {
                Some(block) => return Some(block),
                None if waiting.closed => return None,
                None => {
                    let woken = self.more.wait(waiting);
                    waiting = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    pub(super) fn take_now(&self) -> Option<SealedBlock<'r>> {
        self.lock().blocks.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, WaitingBlocks<'r>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fault of the first block that has one, whichever thread found it.
#[derive(Default)]
pub(super) struct Faults(Mutex<Option<(usize, OperationError)>>);

impl Faults {
    pub(super) fn note(&self, turn: usize, error: OperationError) {
        let mut first = self.lock();
        if first.as_ref().is_none_or(|(known, _)| turn < *known) {
            *first = Some((turn, error));
        }
    }

    pub(super) fn any(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether a fault of this block would be reported. Blocks after the first one with a fault need not be read.
    pub(super) fn may_precede(&self, turn: usize) -> bool {
        self.lock().as_ref().is_none_or(|(known, _)| turn < *known)
    }

    pub(super) fn into_result(self) -> Result<(), OperationError> {
        let first = self.0.into_inner();
        match first.unwrap_or_else(PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(usize, OperationError)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Buffers of finished blocks, for reuse.
#[derive(Default)]
pub(super) struct Spare(Mutex<Vec<HandedOver>>);

impl Spare {
    pub(super) fn take(&self) -> HandedOver {
        self.lock().pop().unwrap_or_default()
    }

    pub(super) fn give(&self, mut columns: HandedOver) {
        columns.clear();
        self.lock().push(columns);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<HandedOver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_of_the_first_block_is_told_whoever_comes_first() {
        let faults = Faults::default();
        assert!(!faults.any() && faults.may_precede(9));
        faults.note(5, OperationError::Internal("five"));
        faults.note(7, OperationError::Internal("seven"));
        assert!(faults.may_precede(4) && !faults.may_precede(5));
        faults.note(3, OperationError::Internal("three"));
        assert_eq!(faults.into_result(), Err(OperationError::Internal("three")));
    }
}
