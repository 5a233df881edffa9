//! Why an operation did not succeed.
//!
//! Holds no input: what was sent is never quoted. The store's and the keyring's
//! own errors are turned into these here.

use std::fmt;

use crate::domain::{ExhibitId, Panicked};
use crate::policy::{CaseState, Denial};
use crate::vault::entropy::EntropyError;
use crate::vault::store::{StoreError, StoreFault};

/// The other side of things: what stands in the way. Closed, so that every one
/// has a page in `docs/errors.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// An operator of this name exists.
    NameTaken,
    /// The case is in a state from which this cannot be done.
    CaseState(CaseState),
    /// Another exhibit of this case is being admitted.
    AdmissionInProgress,
    /// The same file was admitted before.
    AlreadyAdmitted(ExhibitId),
    /// Somebody stopped this admission.
    AdmissionCancelled,
    /// The exhibit was withdrawn, or one that a package built before may hold records of.
    ExhibitWithdrawn,
    /// The result set is no longer what was asked for or decided.
    ResultChanged,
    /// Auditors and administrators stay outside cases.
    OutsideCases,
    /// Nobody changes their own membership or ends their own account.
    OwnMembership,
    /// Nothing about the clock is in doubt.
    ClockRight,
    /// A protected table given out before differs by less than the threshold.
    CutTooClose,
}

impl Conflict {
    /// The word the leaf uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NameTaken => "name-taken",
            Self::CaseState(_) => "case-state",
            Self::AdmissionInProgress => "admission-in-progress",
            Self::AlreadyAdmitted(_) => "already-admitted",
            Self::AdmissionCancelled => "admission-cancelled",
            Self::ExhibitWithdrawn => "exhibit-withdrawn",
            Self::ResultChanged => "result-changed",
            Self::OutsideCases => "outside-cases",
            Self::OwnMembership => "own-membership",
            Self::ClockRight => "clock-right",
            Self::CutTooClose => "cut-too-close",
        }
    }
}

/// Why an operation that was allowed did not succeed. Never holds input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationError {
    /// What was named is not there.
    NotFound,
    /// The present state does not allow it, such as that of a closed case.
    Conflict(Conflict),
    /// Which member of the request is wrong, and the rule it broke.
    Invalid {
        /// The member's path in the request, such as `filter.subject[3]`.
        at: String,
        /// The rule, without the value that broke it.
        rule: String,
    },
    /// A file could not be admitted: what, where, what to do.
    Unreadable {
        /// The word for the fault, as the leaf has it.
        kind: &'static str,
        /// Where the fault is and what to do, without a cell of the file.
        explanation: String,
    },
    /// Something sealed did not open, or a part of it is missing: where.
    Damaged {
        /// The part of the vault, by exhibit, field or leaf.
        place: String,
    },
    /// The database failed.
    Store(StoreError),
    /// The work was stopped because nobody waits for it any more.
    Cancelled,
    /// A fault of the program; the text names the place.
    Internal(&'static str),
}

impl OperationError {
    /// An [`Self::Invalid`] for the member at this path.
    pub fn invalid(at: impl Into<String>, rule: impl fmt::Display) -> Self {
        Self::Invalid {
            at: at.into(),
            rule: rule.to_string(),
        }
    }

    /// The word the leaf uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Conflict(conflict) => conflict.name(),
            Self::Invalid { .. } => "invalid",
            Self::Unreadable { kind, .. } => kind,
            Self::Damaged { .. } => "damaged",
            Self::Store(error) if error.fault == StoreFault::DiskFull => "disk-full",
            Self::Store(_) => "store",
            Self::Cancelled => "cancelled",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<Panicked> for OperationError {
    fn from(_: Panicked) -> Self {
        Self::Internal("a panic was caught")
    }
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        match error.fault {
            StoreFault::Tampered => Self::Damaged {
                place: format!("table {}", error.at),
            },
            _ => Self::Store(error),
        }
    }
}

impl From<EntropyError> for OperationError {
    fn from(_: EntropyError) -> Self {
        Self::Internal("the system gave no randomness")
    }
}

/// Why an act did not give its answer.
#[derive(Debug)]
pub(in crate::vault) enum Stopped {
    Denied(Denial),
    Failed(OperationError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<OperationError> for Stopped {
    fn from(error: OperationError) -> Self {
        Self::Failed(error)
    }
}
