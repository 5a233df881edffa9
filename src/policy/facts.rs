//! What a decision rests on, read from the same snapshot as the act itself.

use crate::domain::{AccountName, CaseRole, HomeRole, words};

/// Who calls, as the database knows it at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerFacts {
    /// Nobody yet: somebody signing in or enrolling.
    Stranger,
    /// The vault itself: start, stop, sums.
    System,
    /// An operator with a live session.
    Operator(HomeRole),
    /// An operator whose session has ended or who was revoked.
    Gone,
}

words! {
    pub enum CaseState {
        Open => "open",
        Held => "held",
        Closed => "closed",
    }
}

/// What the caller is in a case; a liaison is bound to one account.
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
    /// The life of a request for a reveal, an export or a withdrawal.
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
    /// What a decision makes of a request.
    pub fn decided(approve: bool) -> Self {
        if approve {
            Self::Approved
        } else {
            Self::Denied
        }
    }
}

/// The request a decision, an opening or a hand-out is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFacts {
    pub state: RequestState,
    pub asked_by_caller: bool,
    pub expired: bool,
    /// The one account the request is about, if it is about one.
    pub account: Option<AccountName>,
}

/// The leaf a proof is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafFacts {
    pub written_for_caller: bool,
}

/// All of it. What does not apply is absent.
#[derive(Debug, Clone)]
pub struct Facts {
    pub caller: CallerFacts,
    pub case: Option<CaseFacts>,
    pub request: Option<RequestFacts>,
    pub leaf: Option<LeafFacts>,
}
