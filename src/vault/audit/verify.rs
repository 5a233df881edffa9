//! Offline verification of a whole log with only the public key.
//!
//! Everything is recomputed from the leaves' bytes. Any disagreement is a failure, never a warning.
//! A signed root alone shows that some leaf is wrong, but not which: kept checkpoints narrow it
//! down to a range, stored hashes name it.

use std::error::Error;
use std::ops::Range;

use jiff::Timestamp;

use super::batch::{Batch, LeafPlace, Leaves};
use super::chain::{Chain, kept_fault, not_ours};
use super::checkpoint::{Checkpoint, CheckpointError};
use super::frontier::Frontier;
use super::hash::Hash;
use super::inspect::{Inspected, inspect};
use super::key::VerifierKey;
use super::note::NoteError;
use super::skim::{OfLog, Told};
use super::tree::{Hashes, stored_hash_index};
use super::verdict::{Failure, FailureKind, Outcomes, Succeeded, Verdict};

/// What the log is compared with.
pub struct Claim<'a> {
    /// The newest checkpoint: a signed note.
    pub checkpoint: &'a [u8],
    /// The log's public key: that of today, or an earlier one that signed a kept checkpoint.
    pub key: &'a VerifierKey,
    /// Checkpoints that were seen earlier and kept elsewhere, in any order.
    pub kept: &'a [Vec<u8>],
}

/// The first leaf beside which a column disagrees with it.
pub(in crate::vault) struct WrongColumn {
    pub(in crate::vault) leaf: u64,
    pub(in crate::vault) column: &'static str,
}

/// For `None::<&NoHashes>`, if there are leaves but no stored hashes.
pub enum NoHashes {}

impl Hashes for NoHashes {
    type Error = std::convert::Infallible;

    fn read(&self, _positions: &[u64]) -> Result<Vec<Hash>, Self::Error> {
        match *self {}
    }
}

/// Verifies leaves, which come in stored order with the numbers they are stored under.
pub fn verify_log<E: Error, H: Hashes>(
    leaves: impl Iterator<Item = Result<(u64, Vec<u8>), E>>,
    claim: &Claim<'_>,
    stored: Option<&H>,
) -> Result<Verdict, Failure> {
    verify_stored(&mut leaves.fuse(), claim, stored).map(|(verdict, _)| verdict)
}

/// The same, and also finds the first leaf beside which a column disagrees with it. It works as a
/// pipeline: while one batch of leaves is inspected, the batch before it is put into the tree, and
/// the batch after it is read.
pub(in crate::vault) fn verify_stored<H: Hashes>(
    leaves: &mut impl Leaves,
    claim: &Claim<'_>,
    stored: Option<&H>,
) -> Result<(Verdict, Option<WrongColumn>), Failure> {
    let mut chain = Chain::of(claim.key);
    let newest = chain
        .newest(claim.checkpoint)
        .map_err(|error| Failure::whole(FailureKind::Checkpoint, not_ours(error)))?;
    let kept = open_kept(claim, &newest, &mut chain)?;
    chain.can_begin()?;
    let mut run = Run {
        kept,
        newest,
        chain,
        successors: Vec::new(),
        stored,
        frontier: Frontier::new(),
        begun: None,
        good: 0,
        bad: None,
        last_time: None,
        outcomes: Outcomes::default(),
        clock_steps_back: 0,
        wrong_column: None,
    };
    let origin = run.newest.origin.to_string();
    let mut batch = Batch::default().refill(leaves);
    let mut before = None;
    let mut spare = Batch::default();
    loop {
        let (inspected, next) = inspect(&batch, &origin, || {
            let next = match batch.last {
                true => spare,
                false => spare.refill(leaves),
            };
            // If a kept checkpoint shows an earlier wrong range, that is the first failure.
            let taken = run.take_all(before.as_ref());
            taken.map(|()| next)
        });
        spare = match before.replace((batch, inspected)) {
            Some((used, _)) => used,
            None => Batch::default(),
        };
        batch = next?;
        if let Some((done, _)) = &before
            && done.last
        {
            run.take_all(before.as_ref())?;
            if before.is_some_and(|(done, _)| done.unreadable) {
                let at = run.frontier.size();
                return Err(Failure::at(
                    FailureKind::Unreadable,
                    at,
                    "this leaf could not be read",
                ));
            }
            return run.finish(claim.kept.len());
        }
    }
}

/// The kept checkpoints, smallest first; the log must be at least as large as each.
fn open_kept(
    claim: &Claim<'_>,
    newest: &Checkpoint,
    chain: &mut Chain,
) -> Result<Vec<Checkpoint>, Failure> {
    let mut kept = Vec::with_capacity(claim.kept.len());
    for (at, note) in claim.kept.iter().enumerate() {
        let checkpoint = chain
            .kept(at, note)
            .map_err(|error| kept_fault(at, error))?;
        // A key that no leaf named yet signed it, so what it says is only somebody's word.
        if checkpoint.size > newest.size && chain.waits_for(checkpoint.size) {
            let error = CheckpointError::Note(NoteError::NotSignedByKnownKey);
            return Err(kept_fault(at, error));
        }
        if checkpoint.size > newest.size && checkpoint.origin != newest.origin {
            let text = format!(
                "the vault was restored from a backup: the log ends at {} leaves, and a kept checkpoint of the log \
                 before was signed over {}; what the backup did not have is lost",
                newest.size, checkpoint.size
            );
            return Err(Failure::at(FailureKind::CutTail, newest.size, text));
        }
        if checkpoint.size > newest.size {
            let text = format!(
                "the log was cut: it ends at {} leaves, but a kept checkpoint was signed over {}",
                newest.size, checkpoint.size
            );
            return Err(Failure::at(FailureKind::CutTail, newest.size, text));
        }
        kept.push(checkpoint);
    }
    kept.sort_by_key(|checkpoint| checkpoint.size);
    Ok(kept)
}

struct Run<'a, H> {
    newest: Checkpoint,
    kept: Vec<Checkpoint>,
    chain: Chain,
    /// The keys that came after, once all leaves were read.
    successors: Vec<Succeeded>,
    stored: Option<&'a H>,
    frontier: Frontier,
    /// The first leaf that names this log as its origin. Those before it are of the logs that it goes on from.
    begun: Option<u64>,
    /// The largest size at which the root agreed with a kept checkpoint.
    good: u64,
    /// The first wrong range, once the root disagreed with a kept checkpoint.
    bad: Option<Failure>,
    last_time: Option<Timestamp>,
    outcomes: Outcomes,
    clock_steps_back: u64,
    wrong_column: Option<WrongColumn>,
}

impl<H: Hashes> Run<'_, H> {
    fn take_all(&mut self, inspected: Option<&(Batch, Vec<Inspected>)>) -> Result<(), Failure> {
        let Some((batch, found)) = inspected else {
            return Ok(());
        };
        self.take(batch.places(), found)
            .map_err(|failure| self.bad.clone().unwrap_or(failure))
    }

    fn take(&mut self, leaves: &[LeafPlace], found: &[Inspected]) -> Result<(), Failure> {
        let first = self.frontier.size();
        let kept_hashes = self.read_stored(first, leaves.len() as u64)?;
        let mut kept_hashes = kept_hashes.iter();
        let mut complete = Vec::new();
        for (place, found) in leaves.iter().zip(found) {
            let index = self.frontier.size();
            self.meet_checkpoints()?;
            if index == self.newest.size {
                let text = "the log has leaves beyond the newest checkpoint, which does not cover this leaf";
                return Err(Failure::at(FailureKind::Uncovered, index, text));
            }
            check_number(index, place.number())?;
            complete.clear();
            self.frontier.append_storing(found.hash, &mut complete);
            let hash_differs = self.stored.is_some() && kept_hashes.next() != complete.first();
            let told = check_leaf(index, found, hash_differs, self.begun.is_some())?;
            if told.log == OfLog::This {
                self.begun.get_or_insert(index);
            }
            if told.succeeds {
                self.chain.take(index, found.successor.as_deref())?;
            }
            if self.stored.is_some() {
                let levels = self.kept_levels(index).skip(1);
                for level in levels {
                    if kept_hashes.next() != complete.get(level as usize) {
                        return Err(wrong_node(level, index));
                    }
                }
            }
            self.outcomes.count(told.outcome);
            self.clock_steps_back += u64::from(self.last_time.is_some_and(|last| told.time < last));
            self.last_time = Some(told.time);
            if let (None, Some(column)) = (&self.wrong_column, found.wrong_column) {
                self.wrong_column = Some(WrongColumn {
                    leaf: index,
                    column,
                });
            }
        }
        Ok(())
    }

    fn finish(
        mut self,
        kept_checkpoints: usize,
    ) -> Result<(Verdict, Option<WrongColumn>), Failure> {
        self.meet_checkpoints()?;
        let size = self.frontier.size();
        if let Some(failure) = self.bad {
            return Err(failure);
        }
        if size < self.newest.size {
            let text = format!(
                "the log was cut: it ends after {size} leaves, but its checkpoint was signed over {}",
                self.newest.size
            );
            return Err(Failure::at(FailureKind::CutTail, size, text));
        }
        let verdict = Verdict {
            origin: self.newest.origin,
            size,
            root: self.newest.root,
            outcomes: self.outcomes,
            kept_checkpoints,
            stored_hashes: self.stored.is_some(),
            clock_steps_back: self.clock_steps_back,
            successors: self.successors,
        };
        Ok((verdict, self.wrong_column))
    }

    /// Compares the root with every checkpoint of exactly the current size.
    fn meet_checkpoints(&mut self) -> Result<(), Failure> {
        let size = self.frontier.size();
        let met = self
            .kept
            .iter()
            .take_while(|kept| kept.size <= size)
            .count();
        // A checkpoint of the log before a restore says nothing of the leaves after it.
        let lost = |kept: &&Checkpoint| {
            kept.origin != self.newest.origin && self.begun.is_some_and(|begun| begun < kept.size)
        };
        if let (Some(begun), Some(kept)) = (self.begun, self.kept[..met].iter().find(lost)) {
            let text = format!(
                "the vault was restored from a backup of {begun} leaves, and a kept checkpoint of the log before was \
                 signed over {}; the leaves between them are lost",
                kept.size
            );
            return Err(Failure::at(FailureKind::CutTail, begun, text));
        }
        if met > 0 && self.bad.is_none() {
            let root = self.frontier.root();
            if self.kept[..met].iter().all(|kept| kept.root == root) {
                self.good = size;
            } else {
                let text = format!(
                    "a leaf here is not the one that was here when the kept checkpoint over {size} leaves was signed"
                );
                self.bad = Some(Failure::within(FailureKind::Edited, self.good..size, text));
            }
        }
        self.kept.drain(..met);
        if size != self.newest.size {
            return Ok(());
        }
        self.successors = self.chain.settle(&self.newest)?;
        let agrees = self.frontier.root() == self.newest.root;
        match (self.bad.take(), agrees) {
            (None, true) => Ok(()),
            (None, false) if self.good == size && size > 0 => {
                let text = "history was rewritten: the leaves agree with a kept checkpoint of the \
                    newest one's size, and not with the newest one, though the same key signed it";
                Err(Failure::whole(FailureKind::Rewritten, text))
            }
            (None, false) => {
                let text = format!(
                    "a leaf here was edited: the root over {size} leaves is not the signed one"
                );
                Err(Failure::within(FailureKind::Edited, self.good..size, text))
            }
            (Some(failure), false) => Err(failure),
            (Some(failure), true) => {
                let text = "history was rewritten: the newest checkpoint was signed over leaves \
                    that a kept checkpoint, signed by the same key, contradicts";
                let explanation = text.to_owned();
                Err(Failure {
                    kind: FailureKind::Rewritten,
                    explanation,
                    ..failure
                })
            }
        }
    }

    /// The levels whose hashes leaf `index` completes and the store keeps, lowest first.
    fn kept_levels(&self, index: u64) -> impl Iterator<Item = u32> + use<'_, H> {
        let stored = self.stored;
        (0..=index.trailing_ones())
            .filter(move |&level| stored.is_some_and(|stored| stored.keeps_level(level)))
    }

    /// The stored hashes that the next `count` leaves complete, in stored order.
    fn read_stored(&self, first: u64, count: u64) -> Result<Vec<Hash>, Failure> {
        let Some(stored) = self.stored else {
            return Ok(Vec::new());
        };
        // Leaves beyond the checkpoint are reported as such, not read.
        let end = (first + count).min(self.newest.size);
        let positions: Vec<u64> = (first..end)
            .flat_map(|leaf| {
                self.kept_levels(leaf)
                    .map(move |level| stored_hash_index(level, leaf >> level))
            })
            .collect();
        match stored.read(&positions) {
            Ok(hashes) if hashes.len() == positions.len() => Ok(hashes),
            _ => Err(Failure::within(
                FailureKind::Unreadable,
                first..end.max(first + 1),
                "the stored hashes of these leaves could not be read",
            )),
        }
    }
}

/// Checks that a leaf is stored under the number of its place.
fn check_number(index: u64, stored_as: u64) -> Result<(), Failure> {
    if stored_as == index {
        return Ok(());
    }
    let (kind, text) = if stored_as > index {
        let text = format!("this leaf is missing: the next one stored is {stored_as}");
        (FailureKind::Gap, text)
    } else if stored_as + 1 == index {
        (
            FailureKind::Duplicate,
            format!("leaf {stored_as} is stored twice"),
        )
    } else {
        (
            FailureKind::Reordered,
            format!("leaf {stored_as} is stored in this place"),
        )
    };
    Err(Failure::at(kind, index, text))
}

/// Checks that what a leaf says fits its place; `hash_differs` says that its hash is not the stored
/// one, `begun` that a leaf before it is of this log.
fn check_leaf(
    index: u64,
    found: &Inspected,
    hash_differs: bool,
    begun: bool,
) -> Result<Told, Failure> {
    match found.told {
        Ok(told) if told.seq != index => {
            let text = format!("the leaf in this place says it is number {}", told.seq);
            Err(Failure::at(FailureKind::Reordered, index, text))
        }
        _ if hash_differs => {
            let text = "this leaf was edited: its bytes do not match the stored hash";
            Err(Failure::at(FailureKind::Edited, index, text))
        }
        Ok(told) if told.log == OfLog::Other || (begun && told.log == OfLog::Earlier) => {
            let text = "the leaf names another log as its origin";
            Err(Failure::at(FailureKind::OtherOrigin, index, text))
        }
        Ok(told) => Ok(told),
        Err(error) => Err(Failure::at(FailureKind::NotALeaf, index, error.to_string())),
    }
}

fn wrong_node(level: u32, index: u64) -> Failure {
    let leaves: Range<u64> = (index >> level) << level..index + 1;
    let text = format!(
        "the stored hash over these leaves (level {level}) does not match them: it was changed, or a leaf and its hash were"
    );
    Failure::within(FailureKind::StoredHash, leaves, text)
}
