//! The part of verifying that each leaf can have on its own, on every core.

use std::thread;

use jiff::Timestamp;

use super::hash::{LeafHash, leaf_hash};
use super::leaf::{Leaf, LeafError, Outcome};

/// Hashes and reads the leaves on every core, and meanwhile does `beside` on this one.
pub(super) fn inspect<T>(
    leaves: &[(u64, Vec<u8>)],
    origin: &str,
    beside: impl FnOnce() -> T,
) -> (Vec<Inspected>, T) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = leaves.len().div_ceil(cores).max(SHARE_MIN);
    thread::scope(|scope| {
        let one = |(_, bytes): &(u64, Vec<u8>)| Inspected::of(bytes, origin);
        let workers: Vec<_> = leaves
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(one).collect::<Vec<_>>()))
            .collect();
        let beside = beside();
        let found = workers.into_iter().flat_map(|worker| match worker.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        (found.collect(), beside)
    })
}

pub(super) struct Inspected {
    pub(super) hash: LeafHash,
    pub(super) told: Result<Told, LeafError>,
}

/// What the verifier needs of a leaf.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub(super) seq: u64,
    pub(super) outcome: Outcome,
    pub(super) time: Timestamp,
    pub(super) of_this_log: bool,
}

impl Inspected {
    fn of(bytes: &[u8], origin: &str) -> Self {
        let told = Leaf::parse_timed(bytes).map(|(leaf, time)| Told {
            seq: leaf.seq,
            outcome: leaf.outcome,
            time,
            of_this_log: leaf.origin == origin,
        });
        Self {
            hash: leaf_hash(bytes),
            told,
        }
    }
}

/// Enough leaves to be worth a thread.
const SHARE_MIN: usize = 256;
