//! The part of verifying that each leaf can have on its own, on every core.

use std::thread;

use super::hash::{LeafHash, leaf_hash};
use super::leaf::LeafError;
use super::skim::Told;

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

impl Inspected {
    fn of(bytes: &[u8], origin: &str) -> Self {
        Self {
            hash: leaf_hash(bytes),
            told: Told::by(bytes, origin),
        }
    }
}

/// Enough leaves to be worth a thread.
const SHARE_MIN: usize = 256;
