//! The part of verification that can be done for each leaf alone, on every core.

use std::thread;

use super::batch::{Batch, StoredLeaf};
use super::hash::{LeafHash, leaf_hash};
use super::leaf::LeafError;
use super::skim::{OfLog, Told};
use super::successor::Successor;

/// Hashes and parses the leaves on every core, and meanwhile runs `beside` on this thread.
pub(super) fn inspect<T>(
    batch: &Batch,
    origin: &str,
    beside: impl FnOnce() -> T,
) -> (Vec<Inspected>, T) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let places = batch.places();
    let share = places.len().div_ceil(cores).max(SHARE_MIN);
    thread::scope(|scope| {
        let workers: Vec<_> = places
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || {
                    let leaves = chunk.iter().map(|place| batch.leaf(place));
                    leaves
                        .map(|leaf| Inspected::of(leaf, origin))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let beside = beside();
        let mut all = Vec::with_capacity(places.len());
        for worker in workers {
            match worker.join() {
                Ok(found) => all.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        (all, beside)
    })
}

pub(super) struct Inspected {
    pub(super) hash: LeafHash,
    pub(super) told: Result<Told, LeafError>,
    /// The first column beside the leaf that disagrees with it.
    pub(super) wrong_column: Option<&'static str>,
    /// Of a leaf that names a successor of the log's key: that, if the key before signed it.
    pub(super) successor: Option<Box<Successor>>,
}

impl Inspected {
    fn of(leaf: StoredLeaf<'_>, origin: &str) -> Self {
        let hash = leaf_hash(leaf.bytes);
        match Told::by(leaf.bytes, origin, leaf.beside.as_ref()) {
            Ok((told, wrong_column)) => Self {
                hash,
                told: Ok(told),
                wrong_column,
                successor: match told.succeeds {
                    true => Successor::of_leaf(leaf.bytes).map(Box::new),
                    false => None,
                },
            },
            Err(error) => Self {
                hash,
                told: Err(error),
                wrong_column: None,
                successor: None,
            },
        }
    }
}

/// Whether the bytes are a leaf of this log, or of one that it goes on from, under this number, and the columns beside
/// it say what it says.
pub(in crate::vault) fn agrees(leaf: &StoredLeaf<'_>, origin: &str) -> bool {
    match Told::by(leaf.bytes, origin, leaf.beside.as_ref()) {
        Ok((told, None)) => told.seq == leaf.number && told.log != OfLog::Other,
        Ok((_, Some(_))) | Err(_) => false,
    }
}

/// Fewest leaves that are worth a thread.
const SHARE_MIN: usize = 256;
