//! Why an operation did not succeed.
//!
//! An error never quotes the input. The errors of the store and of the source of randomness are converted into these
//! here.

use std::fmt;

use crate::domain::{ExhibitId, Panicked};
use crate::policy::{CaseState, Denial};
use crate::vault::entropy::EntropyError;
use crate::vault::store::{StoreError, StoreFault};

/// Why the present state does not allow an operation. The list is closed; `docs/errors.md` explains each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// An operator of this name exists.
    NameTaken,
    /// The case is in this state, which does not allow the operation.
    CaseState(CaseState),
    /// Another exhibit of this case is being admitted.
    AdmissionInProgress,
    /// The same file was admitted before.
    AlreadyAdmitted(ExhibitId),
    /// An operator cancelled this admission.
    AdmissionCancelled,
    /// The exhibit was withdrawn; or another one was withdrawn after the package that is asked for was built.
    ExhibitWithdrawn,
    /// The result is no longer the one that was asked for or decided.
    ResultChanged,
    /// Auditors and administrators cannot be members of cases.
    OutsideCases,
    /// Operators cannot change their own membership or revoke their own account.
    OwnMembership,
    /// The population differs from that of a protected table given out before by less than the threshold.
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
            Self::CutTooClose => "cut-too-close",
        }
    }
}

/// Why an operation that was allowed did not succeed. Never holds input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationError {
    /// The object that the request names does not exist, or the caller may not know of it.
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
    /// A ciphertext could not be opened, or a part is missing.
    Damaged {
        /// The part of the vault, by exhibit, field or leaf.
        place: String,
    },
    /// The database failed.
    Store(StoreError),
    /// The work was stopped because the caller no longer waits for the answer.
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
        Self::Store(error)
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
