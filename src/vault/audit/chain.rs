//! The keys of a log, one after the other, as its leaves name them; and which of them must have signed a checkpoint.
//!
//! A checkpoint is signed by the key that the last succession among its leaves names. So a key that has a successor
//! signs no checkpoint that has the leaf which names it, and a verifier who trusts an old key can follow: from a
//! checkpoint that it signed and somebody kept, by leaves that each key signed for the next, to the key of today.
//! Without a kept checkpoint nothing would show that these leaves were there while the old key was still trusted.
//!
//! Not promised: that a thief of an old key cannot make another end of the log after the kept checkpoint, if that is
//! from before the succession. Whoever has a checkpoint of the new key, or that key, is not fooled.

use std::error::Error;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::{KeyName, VerifierKey};
use super::note::NoteError;
use super::successor::Successor;
use super::verdict::{Failure, FailureKind, Succeeded};

/// The keys of a log as far as its leaves were read.
pub(super) struct Chain {
    given: VerifierKey,
    links: Vec<(u64, Successor)>,
    /// Notes that the given key did not sign. Their turn comes when all keys are known.
    waiting: Vec<Waiting>,
    /// The sizes of the kept checkpoints that the given key signed.
    kept: Vec<u64>,
    /// Whether the given key signed the newest checkpoint.
    signs_newest: bool,
}

struct Waiting {
    /// Which of those given, from 0; of the newest there is no number.
    kept: Option<usize>,
    note: Vec<u8>,
    size: u64,
    error: CheckpointError,
}

impl Chain {
    pub(super) fn of(given: &VerifierKey) -> Self {
        Self {
            given: given.clone(),
            links: Vec::new(),
            waiting: Vec::new(),
            kept: Vec::new(),
            signs_newest: false,
        }
    }

    /// Opens the newest checkpoint. If the given key did not sign it, it waits for the key that did, and what it says
    /// is not to be trusted before [`Chain::settle`].
    pub(super) fn newest(&mut self, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        match Checkpoint::open(note, &self.given) {
            Ok(newest) => {
                self.signs_newest = true;
                Ok(newest)
            }
            Err(error) => self.wait(None, note, error),
        }
    }

    /// The same for a kept checkpoint.
    pub(super) fn kept(&mut self, at: usize, note: &[u8]) -> Result<Checkpoint, CheckpointError> {
        match Checkpoint::open_kept(note, &self.given) {
            Ok(kept) => {
                self.kept.push(kept.size);
                Ok(kept)
            }
            Err(error) => self.wait(Some(at), note, error),
        }
    }

    fn wait(
        &mut self,
        kept: Option<usize>,
        note: &[u8],
        error: CheckpointError,
    ) -> Result<Checkpoint, CheckpointError> {
        if error != CheckpointError::Note(NoteError::NotSignedByKnownKey) {
            return Err(error);
        }
        let says = Checkpoint::unverified(note)?;
        let own = self.given.name();
        let of_log = match kept {
            None => says.origin == *own,
            Some(_) => says.origin == *own || own.continues(says.origin.as_str()),
        };
        if !of_log {
            return Err(error);
        }
        self.waiting.push(Waiting {
            kept,
            note: note.to_vec(),
            size: says.size,
            error,
        });
        Ok(says)
    }

    /// Fails if the newest checkpoint can never be settled: the given key signed neither it nor a kept one.
    pub(super) fn can_begin(&self) -> Result<(), Failure> {
        let newest = self.waiting.iter().find(|one| one.kept.is_none());
        match newest.filter(|_| self.kept.is_empty()) {
            Some(newest) => Err(Failure::whole(
                FailureKind::Checkpoint,
                not_ours(newest.error),
            )),
            None => Ok(()),
        }
    }

    /// Whether a kept checkpoint waits for the key that signed it.
    pub(super) fn waits_for(&self, size: u64) -> bool {
        self.waiting
            .iter()
            .any(|one| one.kept.is_some() && one.size == size)
    }

    /// Takes the succession that leaf `leaf` names; `None` if the key before did not sign it.
    pub(super) fn take(&mut self, leaf: u64, found: Option<&Successor>) -> Result<(), Failure> {
        let unsigned =
            "this leaf names a successor of the log's key that the key before did not sign";
        let found = found.ok_or_else(|| Failure::at(FailureKind::Successor, leaf, unsigned))?;
        let last = self.links.last().map(|(_, link)| link.after.public());
        if last.is_some_and(|last| last != found.before.public()) {
            let text = "this leaf names a successor of a key that was not the log's";
            return Err(Failure::at(FailureKind::Successor, leaf, text));
        }
        self.links.push((leaf, found.clone()));
        Ok(())
    }

    /// All leaves were read: every checkpoint must be signed by the key of its leaves.
    pub(super) fn settle(&self, newest: &Checkpoint) -> Result<Vec<Succeeded>, Failure> {
        for one in &self.waiting {
            let key = self.key_of(one.size, newest.origin.clone());
            let opened = match one.kept {
                None => Checkpoint::open(&one.note, &key),
                Some(_) => Checkpoint::open_kept(&one.note, &key),
            };
            if opened.is_err() {
                return Err(match one.kept {
                    None => Failure::whole(FailureKind::Checkpoint, not_ours(one.error)),
                    Some(at) => kept_fault(at, one.error),
                });
            }
        }
        let newest_size = self.signs_newest.then_some(newest.size);
        for size in self.kept.iter().copied().chain(newest_size) {
            if self.key_of(size, newest.origin.clone()).public() != self.given.public() {
                let by = self.links.iter().find(|(leaf, link)| {
                    *leaf < size && link.before.public() == self.given.public()
                });
                let text = format!(
                    "the checkpoint over {size} leaves is signed by a key that was not the log's then: it had a \
                     successor, or was not its key yet"
                );
                return Err(match by {
                    Some((leaf, _)) => Failure::at(FailureKind::Successor, *leaf, text),
                    None => Failure::whole(FailureKind::Successor, text),
                });
            }
        }
        let succeeded = self.links.iter().map(|(leaf, link)| Succeeded {
            leaf: *leaf,
            key: link.after.clone(),
        });
        Ok(succeeded.collect())
    }

    /// The key that signs checkpoints over so many leaves.
    fn key_of(&self, size: u64, name: KeyName) -> VerifierKey {
        let last = self.links.iter().rev().find(|(leaf, _)| *leaf < size);
        let public = match (last, self.links.first()) {
            (Some((_, link)), _) => link.after.public(),
            (None, Some((_, first))) => first.before.public(),
            (None, None) => self.given.public(),
        };
        VerifierKey::new(name, *public)
    }
}

/// A kept checkpoint that no key of the log signed.
pub(super) fn kept_fault(at: usize, error: CheckpointError) -> Failure {
    let text = format!(
        "kept checkpoint {} of those given: {}",
        at + 1,
        explain(&error)
    );
    Failure::whole(FailureKind::KeptCheckpoint, text)
}

/// The newest checkpoint is of a key that cannot be followed to.
pub(super) fn not_ours(error: CheckpointError) -> String {
    let told = explain(&error);
    match error {
        CheckpointError::Note(NoteError::NotSignedByKnownKey) => format!(
            "{told}; if the vault has new signing keys since the key was kept, give with --checkpoint a checkpoint that \
             you kept and that this key signed, or name the key of today"
        ),
        _ => told,
    }
}

/// An error and its causes, on one line.
fn explain(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
