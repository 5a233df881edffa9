//! What can be asked of the vault, as types.
//!
//! Sees nothing itself. `operations` implements [`Operation`], one file for each
//! thing a person can do; only `perform` runs one.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::receipt::Receipt;
use super::scope::Scope;
use super::store::{StoreError, StoreFault};
use super::wire::View;
use crate::domain::{
    CaseId, ExhibitId, ExportId, OperatorId, Purpose, Reason, RevealId, WithdrawalId,
};
use crate::policy::Action;

/// One thing somebody can do. `Action` says under which right it runs.
pub trait Operation: Sized + Send + 'static {
    type Action: Action;
    type Answer: Answer;

    /// What it is about: goes to the policy and into the leaf.
    fn target(&self) -> Target;

    /// Why it is asked, where the asker must say.
    fn why(&self) -> Option<&Why> {
        None
    }

    /// What the leaf commits to beside the reason: filters, counts, names of
    /// columns. Sealed, never in the leaf itself, and never a number.
    fn detail(&self) -> Value {
        Value::Null
    }

    /// Whether [`Operation::prepare`] has something to do.
    const PREPARES: bool = false;

    /// What a writing act finds out on a snapshot before its turn in the ledger,
    /// because it takes long: counts over many records. What it rests on may have
    /// changed when `run` comes; `run` must see that. It can read, and cannot write.
    fn prepare(&mut self, _: &mut Scope<'_, Self::Action>) -> Result<(), OperationError> {
        Ok(())
    }

    fn run(self, scope: &mut Scope<'_, Self::Action>) -> Result<Self::Answer, OperationError>;
}

/// What comes back. There is no view of it without a receipt.
///
/// A type that is `Serialize` and `ToSchema` is its own view.
pub trait Answer: Send + 'static {
    /// What is shown of it: as JSON to a machine, on a page to a person.
    type View: View;

    fn view(self, receipt: &Receipt) -> Result<Self::View, OperationError>;
}

impl<V: Serialize + ToSchema + Send + 'static> Answer for V {
    type View = Self;

    fn view(self, _: &Receipt) -> Result<Self, OperationError> {
        Ok(self)
    }
}

/// Purpose and reason, as typed by the asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub purpose: Option<Purpose>,
    pub reason: Reason,
}

/// What an operation is about; ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Vault,
    Case(CaseId),
    Member(CaseId, OperatorId),
    /// One that the vault itself staged.
    Exhibit(CaseId, ExhibitId),
    /// One that somebody named: it may not be there.
    NamedExhibit(CaseId, ExhibitId),
    /// The admission that is under way in a case, if there is one.
    Admission(CaseId),
    Operator(OperatorId),
    Reveal(RevealId),
    Export(ExportId),
    Withdrawal(WithdrawalId),
    Leaf(u64),
}

/// The other side of things: what stands in the way. Closed, so that every one
/// has a page in `docs/errors.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// An operator of this name exists.
    NameTaken,
    /// The case is not in a state from which this can be done.
    CaseState,
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
    /// A protected table given out before differs by less than the threshold.
    CutTooClose,
}

impl Conflict {
    pub fn name(&self) -> &'static str {
        match self {
            Self::NameTaken => "name-taken",
            Self::CaseState => "case-state",
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
    /// What was named is not there.
    NotFound,
    Conflict(Conflict),
    /// Which member of the request is wrong, and the rule it broke.
    Invalid {
        at: String,
        rule: String,
    },
    /// A file could not be admitted: what, where, what to do.
    Unreadable {
        kind: &'static str,
        explanation: String,
    },
    /// Something sealed did not open, or a part of it is missing: where.
    Damaged {
        place: String,
    },
    Store(StoreError),
    /// The work was stopped because nobody waits for it any more.
    Cancelled,
    /// A fault of the program; the text names the place.
    Internal(&'static str),
}

impl OperationError {
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

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
