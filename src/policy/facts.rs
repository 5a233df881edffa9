//! The facts a decision is based on, read from the same snapshot as the act itself.

use crate::domain::{AccountName, CaseRole, HomeRole, words};

/// Who calls, according to the database at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerFacts {
    /// Somebody without a session, who signs in or enrols.
    Stranger,
    /// The vault itself: start, stop, summary of strangers' requests.
    System,
    /// An operator with a valid session.
    Operator(HomeRole),
    /// An operator who was revoked or whose session has ended.
    Gone,
}

words! {
    pub enum CaseState {
        Open => "open",
        Held => "held",
        Closed => "closed",
    }
}

/// The caller's membership of a case; a liaison is bound to one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub role: CaseRole,
    pub account: Option<AccountName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    pub state: CaseState,
    pub membership: Option<Membership>,
}

words! {
    /// The state of a request that somebody else decides.
    pub enum RequestState {
        Requested => "requested",
        Approved => "approved",
        Denied => "denied",
        /// A reveal that was opened, an export whose package was handed out.
        Used => "used",
        /// An export whose receiver said that it arrived.
        Acknowledged => "acknowledged",
    }
}

impl RequestState {
    /// The state after a decision.
    pub fn decided(approve: bool) -> Self {
        if approve {
            Self::Approved
        } else {
            Self::Denied
        }
    }
}

/// The request that a decision, an opening or a hand-out is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    pub state: RequestState,
    pub asked_by_caller: bool,
    pub expired: bool,
    /// The account that the request is about, if it is about a single one.
    pub account: Option<AccountName>,
}

/// The leaf for which a proof is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafFacts {
    pub written_for_caller: bool,
}

/// All facts of one act. What does not apply is absent.
#[derive(Debug, Clone)]
pub struct Facts {
    pub caller: CallerFacts,
    pub case: Option<CaseFacts>,
    pub request: Option<RequestFacts>,
    pub leaf: Option<LeafFacts>,
}
