//! The offline verifier's verdict, in words for an auditor.

use std::fmt;
use std::ops::Range;

use super::hash::Hash;
use super::key::{KeyName, VerifierKey};
use super::leaf::Outcome;

/// Everything was recomputed and agrees with the signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The name of the log.
    pub origin: KeyName,
    /// The number of leaves.
    pub size: u64,
    /// The root of the tree.
    pub root: Hash,
    /// How the recorded calls ended.
    pub outcomes: Outcomes,
    /// How many older checkpoints were given; the log contains every one.
    pub kept_checkpoints: usize,
    /// Whether the stored hashes were compared too.
    pub stored_hashes: bool,
    /// How many leaves have an earlier time than the one before. This is information, not a
    /// failure.
    pub clock_steps_back: u64,
    /// The successors of the log's key that the leaves name, in order.
    pub successors: Vec<Succeeded>,
}

/// A successor of the log's key, as a verified log names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succeeded {
    /// The number of the leaf that names it, from 0.
    pub leaf: u64,
    /// The key that signs every checkpoint with this leaf.
    pub key: VerifierKey,
}

/// How many leaves have each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// Leaves that say `done`.
    pub done: u64,
    /// Leaves that say `denied`.
    pub denied: u64,
    /// Leaves that say `failed`.
    pub failed: u64,
}

/// The log is not what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind of disagreement it is.
    pub kind: FailureKind,
    /// The first leaf that is known to be wrong or missing.
    pub first_bad: Option<u64>,
    /// The range of the first wrong leaf, if it is not known exactly.
    pub between: Option<Range<u64>>,
    /// What is wrong, for people.
    pub explanation: String,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The newest checkpoint does not open with the key.
    Checkpoint,
    /// A kept checkpoint does not open with the key.
    KeptCheckpoint,
    /// Leaves at the end are missing.
    CutTail,
    /// There are leaves beyond the checkpoint.
    Uncovered,
    /// A leaf is missing.
    Gap,
    /// A leaf occurs twice.
    Duplicate,
    /// A leaf is in the place of another one.
    Reordered,
    /// A leaf is not the one that was signed.
    Edited,
    /// A stored hash above the leaves was changed.
    StoredHash,
    /// Two signed checkpoints contradict each other.
    Rewritten,
    /// The bytes are not a valid leaf.
    NotALeaf,
    /// The leaf names another log.
    OtherOrigin,
    /// A successor of the log's key is not signed by the key before, or a key signed after its successor was named.
    Successor,
    /// A leaf or a stored hash could not be read.
    Unreadable,
}

impl Outcomes {
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Denied => self.denied += 1,
            Outcome::Failed => self.failed += 1,
        }
    }
}

impl Failure {
    pub(super) fn whole(kind: FailureKind, explanation: impl Into<String>) -> Self {
        Self {
            kind,
            first_bad: None,
            between: None,
            explanation: explanation.into(),
        }
    }

    pub(super) fn at(kind: FailureKind, leaf: u64, explanation: impl Into<String>) -> Self {
        Self {
            first_bad: Some(leaf),
            ..Self::whole(kind, explanation)
        }
    }

    pub(super) fn within(
        kind: FailureKind,
        leaves: Range<u64>,
        explanation: impl Into<String>,
    ) -> Self {
        // A range of a single leaf names it.
        let first_bad = (leaves.end - leaves.start == 1).then_some(leaves.start);
        Self {
            first_bad,
            between: Some(leaves),
            ..Self::whole(kind, explanation)
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcomes {
            done,
            denied,
            failed,
        } = self.outcomes;
        writeln!(f, "verified: {} leaves of {}", self.size, self.origin)?;
        writeln!(f, "root: {}", self.root)?;
        writeln!(f, "outcomes: {done} done, {denied} denied, {failed} failed")?;
        match self.kept_checkpoints {
            0 => writeln!(
                f,
                "kept checkpoints: none given, so a cut tail cannot be ruled out"
            )?,
            kept => writeln!(f, "kept checkpoints: {kept}, all contained in the log")?,
        }
        let stored = if self.stored_hashes {
            "compared, all match"
        } else {
            "not shown"
        };
        writeln!(f, "stored hashes: {stored}")?;
        for Succeeded { leaf, key } in &self.successors {
            writeln!(f, "a new key of the log since leaf {leaf}: {key}")?;
        }
        write!(f, "steps of the clock backwards: {}", self.clock_steps_back)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first_bad, &self.between) {
            (Some(leaf), _) => write!(f, "verification FAILED at leaf {leaf}: ")?,
            (None, Some(leaves)) => write!(
                f,
                "verification FAILED between leaf {} and leaf {}: ",
                leaves.start,
                leaves.end.saturating_sub(1)
            )?,
            (None, None) => f.write_str("verification FAILED: ")?,
        }
        f.write_str(&self.explanation)
    }
}

impl std::error::Error for Failure {}
