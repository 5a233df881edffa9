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
    /// An operator, or a node, of this name exists.
    NameTaken,
    /// The case is in this state, which does not allow the operation.
    CaseState(CaseState),
    /// Another exhibit of this case is being admitted.
    AdmissionInProgress,
    /// The same file was admitted before.
    AlreadyAdmitted(ExhibitId),
    /// An operator cancelled this admission.
    AdmissionCancelled,
    /// Somebody stopped the building of this package.
    BuildCancelled,
    /// The exhibit was withdrawn; or another one was withdrawn after the package that is asked for was built.
    ExhibitWithdrawn,
    /// The result is no longer the one that was asked for or decided.
    ResultChanged,
    /// Too many requests of this kind that the caller made wait for a decision in the case.
    TooManyOpen,
    /// The caller has opened as many cases in a day as one lead may.
    TooManyCases,
    /// Auditors and administrators cannot be members of cases.
    OutsideCases,
    /// Operators cannot change their own membership or revoke their own account.
    OwnMembership,
    /// The passkey is enrolled already.
    PasskeyKnown,
    /// The caller has as many passkeys as somebody may have.
    TooManyPasskeys,
    /// The caller has as many tokens for scripts as somebody may have.
    TooManyTokens,
    /// The vault has another administrator, so that one comes and goes with the vault's passphrase only.
    AdministratorOnHost,
    /// It is the only passkey of its owner.
    LastPasskey,
    /// Nothing about the clock is in doubt.
    ClockRight,
    /// The keyring's slots do not allow the change, or the program of one failed, or another change is under way.
    KeyringSlots,
    /// The key of the case is being rotated already.
    RotationUnderWay,
    /// A protected table given out before differs by less than the threshold.
    CutTooClose,
    /// The package was handed out so long ago that it was deleted.
    PackageDeleted,
    /// The package is not here: another node of the vault built it.
    PackageElsewhere,
    /// The delay before a destruction is not over.
    DelayRuns {
        /// In how many seconds it is.
        retry_after: u32,
    },
    /// The package does not have the bytes that were asked for.
    NoSuchPart {
        /// The length of the whole file in bytes.
        bytes: u64,
    },
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
            Self::BuildCancelled => "package-cancelled",
            Self::ExhibitWithdrawn => "exhibit-withdrawn",
            Self::ResultChanged => "result-changed",
            Self::TooManyOpen => "too-many-open",
            Self::TooManyCases => "too-many-cases",
            Self::OutsideCases => "outside-cases",
            Self::OwnMembership => "own-membership",
            Self::PasskeyKnown => "passkey-known",
            Self::TooManyPasskeys => "too-many-passkeys",
            Self::TooManyTokens => "too-many-tokens",
            Self::AdministratorOnHost => "administrator-on-host",
            Self::LastPasskey => "last-passkey",
            Self::ClockRight => "clock-right",
            Self::RotationUnderWay => "rotation-under-way",
            Self::KeyringSlots => "keyring-slots",
            Self::CutTooClose => "cut-too-close",
            Self::PackageDeleted => "package-deleted",
            Self::PackageElsewhere => "package-elsewhere",
            Self::DelayRuns { .. } => "delay-runs",
            Self::NoSuchPart { .. } => "range-not-satisfiable",
        }
    }
}

macro_rules! data_refusals {
    ($($(#[$doc:meta])* $refusal:ident $name:literal $kind:literal $rule:literal;)*) => {
        /// Refusals that depend on the data of a case: a closed list. Each is charged like an answer, and
        /// `docs/errors.md` lists them in a table. Any other refusal follows from the request and from what
        /// its sender knew.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum DataRefusal {
            $(
                $(#[$doc])*
                #[doc = $rule]
                $refusal
            ),*
        }

        impl DataRefusal {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$refusal),*];

            /// Its name in the table.
            pub fn name(self) -> &'static str {
                match self { $(Self::$refusal => $name),* }
            }

            /// The kind of problem that the caller gets, and the word in the leaf.
            pub fn kind(self) -> &'static str {
                match self { $(Self::$refusal => $kind),* }
            }

            /// What the caller reads about it.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$refusal => $rule),* }
            }
        }
    };
}

data_refusals! {
    NoRecord            "no-record"             "invalid"               "matches no record";
    NoSubject           "no-subject"            "invalid"               "is no subject of this case";
    NoExhibit           "no-exhibit"            "invalid"               "must be an exhibit of this case";
    NoOtherExhibit      "no-other-exhibit"      "invalid"               "must be another exhibit of this case";
    OtherPage           "other-page"            "invalid"               "must be the `next` of an earlier page of the same question; if it is, ask again from the first page";
    TooManyCells        "too-many-cells"        "invalid"               "gives more than 200,000 cells: filter, or leave a dimension out";
    TooManyNumbers      "too-many-numbers"      "invalid"               "counts too many numbers in too many cells: filter, or leave a dimension out";
    AccountNotInLog     "account-not-in-log"    "invalid"               "is the account of no admitted record, and rows in quarantine do not count: take one of `near_misses`, or say `account_not_in_log`";
    CutTooClose         "cut-too-close"         "cut-too-close"         "a protected table could disclose people together with others";
    ResultChanged       "result-changed"        "result-changed"        "the records were changed since";
    ExhibitWithdrawn    "exhibit-withdrawn"     "exhibit-withdrawn"     "the exhibit was withdrawn, or one that the request rests on";
    AdmissionInProgress "admission-in-progress" "admission-in-progress" "an exhibit of the case is being admitted";
    AlreadyAdmitted     "already-admitted"      "already-admitted"      "the caller admitted the same file before";
    Damaged             "damaged"               "damaged"               "a sealed part does not open or is missing";
}

impl DataRefusal {
    /// The error at a member of the request.
    pub fn at(self, at: impl Into<String>) -> OperationError {
        OperationError::NotInData {
            at: at.into(),
            refusal: self,
        }
    }
}

/// Accounts of the case that a name may have been meant for. They are for the lead who asked, so no log shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct NearMisses(pub Vec<String>);

impl fmt::Debug for NearMisses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NearMisses({})", self.0.len())
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
    /// Which member of the request does not fit the data of the case, and how.
    NotInData {
        /// The member's path in the request, such as `filter.subject[3]`.
        at: String,
        /// How it does not fit.
        refusal: DataRefusal,
    },
    /// No exhibit of the case has the account that a liaison is to speak for.
    NoSuchAccount(NearMisses),
    /// No record has the account that a lead asks a package for, and others have names that are near to it.
    NoRecordOfAccount(NearMisses),
    /// A file could not be admitted: what, where, what to do.
    Unreadable {
        /// The word for the fault, as the leaf has it.
        kind: &'static str,
        /// Where the fault is and what to do, without a cell of the file.
        explanation: String,
    },
    /// Too little of a file can be read for it to be admitted as it is.
    NotAdmitted {
        /// Why, and what to do.
        rule: String,
        /// What was read of the file, compared with itself only: a `FileReport`.
        report: Box<serde_json::Value>,
    },
    /// A ciphertext could not be opened, or a part is missing.
    Damaged {
        /// The part of the vault, by exhibit, field or leaf. The door tells a caller the kind of part at most.
        place: String,
    },
    /// The database failed.
    Store(StoreError),
    /// Another node of the vault that runs does not answer, so it is not known whether both have one log.
    NodeSilent,
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

    /// The refusal of the closed list that it is, if it depends on the data of a case.
    pub fn depends_on_data(&self) -> Option<DataRefusal> {
        match self {
            Self::NotInData { refusal, .. } => Some(*refusal),
            Self::NoSuchAccount(_) => Some(DataRefusal::AccountNotInLog),
            Self::NoRecordOfAccount(_) => Some(DataRefusal::NoRecord),
            Self::Damaged { .. } => Some(DataRefusal::Damaged),
            Self::Conflict(conflict) => match conflict {
                Conflict::CutTooClose => Some(DataRefusal::CutTooClose),
                Conflict::ResultChanged => Some(DataRefusal::ResultChanged),
                Conflict::ExhibitWithdrawn => Some(DataRefusal::ExhibitWithdrawn),
                Conflict::AdmissionInProgress => Some(DataRefusal::AdmissionInProgress),
                Conflict::AlreadyAdmitted(_) => Some(DataRefusal::AlreadyAdmitted),
                Conflict::NameTaken
                | Conflict::CaseState(_)
                | Conflict::AdmissionCancelled
                | Conflict::BuildCancelled
                | Conflict::TooManyOpen
                | Conflict::TooManyCases
                | Conflict::OutsideCases
                | Conflict::OwnMembership
                | Conflict::PasskeyKnown
                | Conflict::TooManyPasskeys
                | Conflict::TooManyTokens
                | Conflict::AdministratorOnHost
                | Conflict::LastPasskey
                | Conflict::ClockRight
                | Conflict::KeyringSlots
                | Conflict::RotationUnderWay
                | Conflict::PackageDeleted
                | Conflict::PackageElsewhere
                | Conflict::DelayRuns { .. }
                // A caller that asks for a part has the package already.
                | Conflict::NoSuchPart { .. } => None,
            },
            Self::NotFound
            | Self::Invalid { .. }
            | Self::Unreadable { .. }
            // It follows from the file that the caller sent.
            | Self::NotAdmitted { .. }
            | Self::Store(_)
            | Self::NodeSilent
            | Self::Cancelled
            | Self::Internal(_) => None,
        }
    }

    /// The kind of the sealed part of a case that is damaged, if this is damage of one.
    pub(in crate::vault) fn damaged_part(&self) -> Option<&'static str> {
        let Self::Damaged { place } = self else {
            return None;
        };
        if place.starts_with("table ") {
            return None;
        }
        let found = PARTS.iter().find(|(word, _)| place.contains(word));
        found.map(|(_, part)| *part)
    }

    /// The word the leaf uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Conflict(conflict) => conflict.name(),
            Self::Invalid { .. } => "invalid",
            Self::NotInData { refusal, .. } => refusal.kind(),
            Self::NoSuchAccount(_) => DataRefusal::AccountNotInLog.kind(),
            Self::NoRecordOfAccount(_) => DataRefusal::NoRecord.kind(),
            Self::Unreadable { kind, .. } => kind,
            Self::NotAdmitted { .. } => "not-admitted",
            Self::Damaged { .. } => "damaged",
            Self::Store(error) if error.fault == StoreFault::DiskFull => "disk-full",
            Self::Store(_) => "store",
            Self::NodeSilent => "node-silent",
            Self::Cancelled => "cancelled",
            Self::Internal(_) => "internal",
        }
    }
}

/// Words in the place of damage, and the kind of sealed part that they mean. A caller is told no more than the kind:
/// which term or range was opened depends on who is in the case.
const PARTS: &[(&str, &str)] = &[
    ("description", "exhibit"),
    ("number of blocks", "exhibit"),
    ("statistics", "statistics"),
    ("prints of block", "seen"),
    ("subject index", "subject_index"),
    ("dictionary", "dictionary"),
    ("quarantine", "quarantine"),
    ("duplicates", "duplicate"),
    ("field ", "block"),
    (" block", "block"),
    ("term", "term_run"),
    ("release", "release"),
    ("exhibit", "exhibit"),
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_list_of_refusals_that_depend_on_data_stands_in_the_documents() {
        let document = include_str!("../../docs/errors.md");
        let rows: Vec<(&str, &str)> = document
            .lines()
            .skip_while(|line| !line.starts_with("| refusal | told as |"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .filter_map(|line| {
                let mut cells = line.split('|').map(|cell| cell.trim().trim_matches('`'));
                Some((cells.nth(1)?, cells.next()?))
            })
            .collect();
        let all = DataRefusal::ALL.iter();
        let told: Vec<(&str, &str)> = all.map(|one| (one.name(), one.kind())).collect();
        assert_eq!(rows, told);
    }
}
