//! What an operation is about, and the reason given for it.
//!
//! Ids, a purpose and a reason; no number and no key.

use crate::domain::{CaseId, ExhibitId, OperatorId, Purpose, Reason, RequestId, SessionId};

/// Purpose and reason, as typed by the asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// One of the closed list of purposes, if one was chosen.
    pub purpose: Option<Purpose>,
    /// The reason in the asker's own words.
    pub reason: Reason,
}

/// What an operation is about; ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The vault as a whole.
    Vault,
    /// One case.
    Case(CaseId),
    /// One operator's membership of a case.
    Member(CaseId, OperatorId),
    /// An exhibit that the vault itself staged, so it exists.
    Exhibit(CaseId, ExhibitId),
    /// An exhibit that the caller named. It may not exist.
    NamedExhibit(CaseId, ExhibitId),
    /// The admission that is under way in a case, if there is one.
    Admission(CaseId),
    /// One operator's account.
    Operator(OperatorId),
    /// One session of the caller.
    Session(SessionId),
    /// A request that one operator makes and another decides.
    Request(RequestId),
    /// One leaf of the audit log, by its number from 0.
    Leaf(u64),
}

impl Target {
    /// The case that is named, whether it is there or not.
    pub(in crate::vault) fn named_case(&self) -> Option<&CaseId> {
        match self {
            Self::Case(case)
            | Self::Member(case, _)
            | Self::Exhibit(case, _)
            | Self::NamedExhibit(case, _)
            | Self::Admission(case) => Some(case),
            Self::Vault
            | Self::Operator(_)
            | Self::Session(_)
            | Self::Request(_)
            | Self::Leaf(_) => None,
        }
    }

    /// The id that the leaf has in addition to the case's, if there is one.
    pub(in crate::vault) fn object(&self) -> Option<String> {
        match self {
            Self::Vault | Self::Case(_) | Self::Admission(_) => None,
            Self::Member(_, operator) | Self::Operator(operator) => Some(operator.to_string()),
            Self::Exhibit(_, exhibit) | Self::NamedExhibit(_, exhibit) => Some(exhibit.to_string()),
            Self::Session(session) => Some(session.to_string()),
            Self::Request(request) => Some(request.to_string()),
            Self::Leaf(seq) => Some(seq.to_string()),
        }
    }
}
